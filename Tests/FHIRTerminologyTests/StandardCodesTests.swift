import FHIRDefinitions
import Testing

@testable import FHIRTerminology

@Suite struct StandardCodesTests {
    private static let codes = StandardCodes.r4

    @Test func unknownValueSets() {
        for canonical in [
            "", "|", "urn:x", "http://hl7.org/fhir/ValueSet/administrative-gender|3.0.1",
            "http://hl7.org/fhir/administrative-gender", "http://snomed.info/sct?fhir_vs",
        ] {
            #expect(Self.codes.valueSet(canonical) == nil, "\(canonical)")
        }
    }

    @Test(arguments: [
        ("administrative-gender", "http://hl7.org/fhir/administrative-gender", "male", StandardCodes.Membership.member),
        ("administrative-gender|4.0.1", "http://hl7.org/fhir/administrative-gender", "Male", .absent),
        ("administrative-gender", "http://hl7.org/fhir/administrative-gender", "", .absent),
        ("administrative-gender", "http://hl7.org/fhir/observation-status", "male", .absent),
        ("administrative-gender", "", "male", .absent), ("administrative-gender", "urn:x", "male", .absent),
        // From two systems.
        ("marital-status", "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus", "M", .member),
        ("marital-status", "http://terminology.hl7.org/CodeSystem/v3-NullFlavor", "UNK", .member),
        ("marital-status", "http://terminology.hl7.org/CodeSystem/v3-NullFlavor", "NI", .absent),
        // Some codes of a system that the standard does not list.
        ("observation-vitalsignresult", "http://loinc.org", "8867-4", .member),
        ("observation-vitalsignresult", "http://loinc.org", "1234-5", .absent),
        // All codes of such systems, or what filters leave of them.
        ("observation-codes", "http://loinc.org", "8867-4", .unknown),
        ("observation-codes", "http://snomed.info/sct", "1", .absent),
        ("condition-code", "http://snomed.info/sct", "1", .unknown),
        ("condition-code", "http://loinc.org", "8867-4", .absent),
    ])
    func membership(_ name: String, _ system: String, _ code: String, _ expected: StandardCodes.Membership) throws {
        let valueSet = try #require(Self.codes.valueSet("http://hl7.org/fhir/ValueSet/\(name)"))
        #expect(Self.codes.membership(code, system: system, in: valueSet) == expected)
    }

    /// Filters by hierarchy, and value sets in value sets.
    @Test func composition() throws {
        let act = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
        let encounter = try #require(Self.codes.valueSet("http://terminology.hl7.org/ValueSet/v3-ActEncounterCode"))
        #expect(Self.codes.membership("AMB", system: act, in: encounter) == .member)
        #expect(Self.codes.membership("ACALLERGY", system: act, in: encounter) == .absent)
        let types = try #require(Self.codes.valueSet("http://hl7.org/fhir/ValueSet/all-types"))
        for (code, expected) in [
            ("Patient", StandardCodes.Membership.member), ("HumanName", .member), ("Any", .member), ("Fish", .absent),
        ] {
            #expect(Self.codes.membership(code, system: nil, in: types) == expected, "\(code)")
        }
        let media = try #require(Self.codes.valueSet("http://hl7.org/fhir/ValueSet/mimetypes"))
        #expect(Self.codes.membership("text/plain", system: nil, in: media) == .member)
    }

    @Test func codeSystems() throws {
        let gender = "http://hl7.org/fhir/administrative-gender"
        #expect(Self.codes.find("Male", system: gender) == .noSuchCode)
        #expect(Self.codes.find("", system: gender) == .noSuchCode)
        for system in ["", "urn:x", "http://loinc.org", "http://hl7.org/fhir/ValueSet/administrative-gender"] {
            #expect(Self.codes.find("8867-4", system: system) == .unknownSystem, "\(system)")
        }
        guard case .known(let male) = Self.codes.find("male", system: gender) else {
            Issue.record("male is not known")
            return
        }
        #expect(Self.codes.display(of: male) == "Male")
        #expect(!Self.codes.isInactive(male) && !Self.codes.isAbstract(male))
        for (text, isRight) in [("Male", true), ("male", true), (" MALE ", true), ("Female", false), ("", false)] {
            #expect(Array(text.utf8).withUnsafeBufferPointer { Self.codes.isText($0, of: male) } == isRight, "\(text)")
        }
        let act = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
        guard case .known(let group) = Self.codes.find("_ActAccountCode", system: act) else {
            Issue.record("_ActAccountCode is not known")
            return
        }
        #expect(Self.codes.isAbstract(group))
    }

    /// What cannot wait and what can is answered alike, for every value set of the standard.
    @Test func answersAsTheEngineDoes() async throws {
        let terminology = Terminology(source: StandardSource())
        var counts = (closed: 0, open: 0, members: 0)
        for url in StandardTerminology.r4.urls(of: "ValueSet") {
            let valueSet = try #require(Self.codes.valueSet(url))
            let set = Self.codes.tables.sets[Int(valueSet.number)]
            #expect(
                set.isOpen || Self.codes.membership("no such code", system: "urn:x", in: valueSet) == .absent, "\(url)")
            guard let whole = try? await terminology.whole(try await terminology.valueSet(url)) else {
                #expect(set.isOpen || !set.openSystems.isEmpty || !set.rules.isEmpty, "\(url) cannot be told")
                counts.open += 1
                continue
            }
            #expect(!set.isOpen && set.openSystems.isEmpty && set.rules.isEmpty, "\(url) can be told")
            for entry in whole.entries {
                let answer = Self.codes.membership(entry.code, system: entry.system, in: valueSet)
                #expect(answer == .member, "\(url) \(entry.concept)")
            }
            let numbers = set.ranges.reduce(0) {
                $0 + Int(Self.codes.tables.highs[$1] - Self.codes.tables.lows[$1] + 1)
            }
            #expect(numbers == whole.entries.count, "\(url)")
            counts.closed += 1
            counts.members += numbers
        }
        #expect(counts.closed > 1000 && counts.open > 50 && counts.members > 20_000, "\(counts)")
    }
}

/// The standard's own terminologies and no others.
private struct StandardSource: TerminologySource {
    func codeSystem(_ canonical: String) -> (any CodeSystem)? {
        let standard = StandardTerminology.r4
        if let system = GrammarCodeSystem(Canonical(canonical).url) { return system }
        if let listed = ListedCodeSystem.resource(canonical) { return ResourceCodeSystem(listed) }
        // Some code systems of version 2 tables have a bar in their very URL.
        return
            (standard.resource("CodeSystem", url: canonical)
            ?? standard.resource("CodeSystem", url: Canonical(canonical).url)).map { ResourceCodeSystem($0) }
    }

    func valueSet(_ canonical: String) throws -> ValueSetDefinition? {
        try StandardTerminology.r4.resource("ValueSet", url: Canonical(canonical).url).map {
            try ValueSetDefinition($0)
        }
    }

    func conceptMap(_ canonical: String) -> ConceptMapDefinition? { nil }

    func conceptMaps(from system: String, isReverse: Bool) -> [ConceptMapDefinition] { [] }
}
