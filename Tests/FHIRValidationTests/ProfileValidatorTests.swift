import FHIRDefinitions
import FHIRPath
import FHIRProfiles
import FHIRValidation
import JSONTape
import Testing

/// Resources against profiles: each kind of rule broken once, and kept once.
@Suite struct ProfileValidatorTests {
    private static let validator = ResourceValidator(definitions: .r4, engine: FHIRPathEngine())

    private func errors(
        _ text: String, _ profiles: [String], _ samples: ProfileSamples = ProfileSamples(), all: Bool = true
    ) throws -> [ValidationIssue] {
        let node = JSONNode(try Document.parse(text))
        let type = try #require(FHIRDefinitions.r4.resourceType(named: node["resourceType"]?.string ?? ""))
        return Self.validator.issues(
            in: node, type: type, options: all ? ValidationOptions() : .storage,
            profiles: ProfileDemand(canonicals: profiles, source: samples)
        ).filter { $0.severity == .error }
    }

    /// A rule of a profile on Patient, and members that keep and break it.
    struct Rule: Sendable, CustomTestStringConvertible {
        var elements: String
        var kept: String
        var broken: String
        var expression: String

        init(_ elements: String, kept: String, broken: String, _ expression: String) {
            self.elements = elements
            self.kept = kept
            self.broken = broken
            self.expression = expression
        }

        var testDescription: String { elements }
    }

    @Test(arguments: rules)
    func ruleIsChecked(_ rule: Rule) throws {
        var samples = ProfileSamples()
        try samples.add("p", on: "Patient", rule.elements)
        let start = #"{"resourceType":"Patient""#
        let kept = start + (rule.kept.isEmpty ? "" : ",") + rule.kept + "}"
        let broken = start + (rule.broken.isEmpty ? "" : ",") + rule.broken + "}"
        let profile = ProfileSamples.base + "p"
        #expect(try errors(kept, [profile], samples).map { "\($0.expression) \($0.message)" } == [])
        #expect(try errors(broken, [profile], samples).map(\.expression) == [rule.expression])
        #expect(try errors(broken, [profile], samples, all: false).map(\.expression) == [rule.expression])
        #expect(try errors(broken, [], samples).isEmpty)
    }

    private static let sliced =
        #"{"id":"Patient.identifier","path":"Patient.identifier","slicing":{"discriminator":"#
        + #"[{"type":"value","path":"system"}],"rules":"closed","ordered":true}},"#
        + #"{"id":"Patient.identifier:a","path":"Patient.identifier","sliceName":"a","min":1,"max":"1"},"#
        + #"{"id":"Patient.identifier:a.system","path":"Patient.identifier.system","min":1,"fixedUri":"http://a"},"#
        + #"{"id":"Patient.identifier:a.value","path":"Patient.identifier.value","min":1},"#
        + #"{"id":"Patient.identifier:b","path":"Patient.identifier","sliceName":"b"},"#
        + #"{"id":"Patient.identifier:b.system","path":"Patient.identifier.system","min":1,"fixedUri":"http://b"}"#

    static let rules: [Rule] = [
        Rule(
            #"{"id":"Patient.gender","path":"Patient.gender","min":1}"#, kept: #""gender":"male""#, broken: "",
            "Patient.gender"),
        Rule(
            #"{"id":"Patient.name","path":"Patient.name","max":"1"}"#, kept: #""name":[{"text":"x"}]"#,
            broken: #""name":[{"text":"x"},{"text":"y"}]"#, "Patient.name[1]"),
        Rule(
            #"{"id":"Patient.photo","path":"Patient.photo","max":"0"}"#, kept: "",
            broken: #""photo":[{"url":"http://x.org"}]"#, "Patient.photo[0]"),
        Rule(
            #"{"id":"Patient.name.family","path":"Patient.name.family","min":1}"#, kept: #""name":[{"family":"x"}]"#,
            broken: #""name":[{"family":"x"},{"text":"y"}]"#, "Patient.name[1].family"),
        Rule(
            #"{"id":"Patient.active","path":"Patient.active","fixedBoolean":true}"#, kept: #""active":true"#,
            broken: #""active":false"#, "Patient.active"),
        Rule(
            #"{"id":"Patient.maritalStatus","path":"Patient.maritalStatus","#
                + #""patternCodeableConcept":{"coding":[{"system":"http://a","code":"x"}]}}"#,
            kept: #""maritalStatus":{"coding":[{"system":"http://b","code":"y"},{"code":"x","system":"http://a"}]}"#,
            broken: #""maritalStatus":{"coding":[{"system":"http://b","code":"x"}]}"#, "Patient.maritalStatus"),
        Rule(
            #"{"id":"Patient.name.family","path":"Patient.name.family","maxLength":3}"#,
            kept: #""name":[{"family":"äöü"}]"#, broken: #""name":[{"family":"abcd"}]"#, "Patient.name[0].family"),
        Rule(
            #"{"id":"Patient.multipleBirth[x]","path":"Patient.multipleBirth[x]","type":[{"code":"integer"}],"#
                + #""minValueInteger":1,"maxValueInteger":9}"#,
            kept: #""multipleBirthInteger":9"#, broken: #""multipleBirthInteger":10"#, "Patient.multipleBirth"),
        Rule(
            #"{"id":"Patient.multipleBirth[x]","path":"Patient.multipleBirth[x]","type":[{"code":"integer"}]}"#,
            kept: #""multipleBirthInteger":9"#, broken: #""multipleBirthBoolean":true"#, "Patient.multipleBirth"),
        Rule(
            #"{"id":"Patient.language","path":"Patient.language","binding":{"strength":"required","#
                + #""valueSet":"http://hl7.org/fhir/ValueSet/languages"}}"#,
            kept: #""language":"fr""#, broken: #""language":"tlh""#, "Patient.language"),
        Rule(
            #"{"id":"Patient","path":"Patient","constraint":[{"key":"x-1","severity":"error","human":"x","#
                + #""expression":"name.exists() or identifier.exists()"}]}"#,
            kept: #""name":[{"text":"x"}]"#, broken: "", "Patient"),
        Rule(
            #"{"id":"Patient.generalPractitioner","path":"Patient.generalPractitioner","#
                + #""type":[{"code":"Reference","#
                + #""targetProfile":["http://hl7.org/fhir/StructureDefinition/Practitioner"]}]}"#,
            kept: #""generalPractitioner":[{"reference":"Practitioner/a"}]"#,
            broken: #""generalPractitioner":[{"reference":"Organization/a"}]"#,
            "Patient.generalPractitioner[0].reference"),
        Rule(
            #"{"id":"Patient.generalPractitioner","path":"Patient.generalPractitioner","type":[{"code":"Reference","#
                + #""targetProfile":["http://hl7.org/fhir/StructureDefinition/Practitioner"],"#
                + #""aggregation":["contained"]}]}"#,
            kept:
                ##""generalPractitioner":[{"reference":"#a"}],"contained":[{"resourceType":"Practitioner","id":"a"}]"##,
            broken: #""generalPractitioner":[{"reference":"Practitioner/a"}]"#,
            "Patient.generalPractitioner[0].reference"),
        Rule(
            sliced, kept: #""identifier":[{"system":"http://a","value":"1"},{"system":"http://b"}]"#,
            broken: #""identifier":[{"system":"http://b"}]"#, "Patient.identifier"),
        Rule(
            sliced, kept: #""identifier":[{"system":"http://a","value":"1"}]"#,
            broken: #""identifier":[{"system":"http://a"}]"#, "Patient.identifier[0].value"),
        Rule(
            sliced, kept: #""identifier":[{"system":"http://a","value":"1"}]"#,
            broken: #""identifier":[{"system":"http://a","value":"1"},"#
                + #"{"system":"http://c"}]"#, "Patient.identifier[1]"),
        Rule(
            sliced, kept: #""identifier":[{"system":"http://a","value":"1"}]"#,
            broken: #""identifier":[{"system":"http://b"},{"system":"http://a","#
                + #""value":"1"}]"#, "Patient.identifier[1]"),
        Rule(
            sliced, kept: #""identifier":[{"system":"http://a","value":"1"}]"#,
            broken: #""identifier":[{"system":"http://a","value":"1"},{"system":"http://a","value":"2"}]"#,
            "Patient.identifier[1]"),
        Rule(
            #"{"id":"Patient.extension","path":"Patient.extension","slicing":{"discriminator":"#
                + #"[{"type":"value","path":"url"}],"rules":"open"}},{"id":"Patient.extension:b","#
                + #""path":"Patient.extension","#
                + #""sliceName":"b","min":1,"max":"1","type":[{"code":"Extension","#
                + #""profile":["http://hl7.org/fhir/StructureDefinition/patient-birthPlace"]}]}"#,
            kept: #""extension":[{"url":"http://hl7.org/fhir/StructureDefinition/patient-birthPlace","#
                + #""valueAddress":{"city":"x"}}]"#,
            broken: #""extension":[{"url":"http://x.org","valueCode":"b"}]"#, "Patient.extension"),
        Rule(
            #"{"id":"Patient.deceased[x]","path":"Patient.deceased[x]","slicing":{"discriminator":"#
                + #"[{"type":"type","path":"$this"}],"rules":"open"}},{"id":"Patient.deceased[x]:deceasedBoolean","#
                + #""path":"Patient.deceased[x]","sliceName":"deceasedBoolean","type":[{"code":"boolean"}],"#
                + #""fixedBoolean":true}"#,
            kept: #""deceasedDateTime":"2024""#, broken: #""deceasedBoolean":false"#, "Patient.deceased"),
        Rule(
            #"{"id":"Patient.telecom","path":"Patient.telecom","slicing":{"discriminator":"#
                + #"[{"type":"exists","path":"period"}],"rules":"open"}},{"id":"Patient.telecom:old","#
                + #""path":"Patient.telecom","#
                + #""sliceName":"old"},{"id":"Patient.telecom:old.period","path":"Patient.telecom.period","min":1},"#
                + #"{"id":"Patient.telecom:old.rank","path":"Patient.telecom.rank","max":"0"}"#,
            kept: #""telecom":[{"rank":1}]"#, broken: #""telecom":[{"rank":1,"period":{"start":"2024"}}]"#,
            "Patient.telecom[0].rank"),
    ]

    private static func heartRate(_ value: String) -> String {
        #"{"resourceType":"Observation","meta":{"profile":["http://hl7.org/fhir/StructureDefinition/heartrate"]},"#
            + #""status":"final","category":[{"coding":[{"system":"#
            + #""http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}]}],"#
            + #""code":{"coding":[{"system":"http://loinc.org","code":"8867-4"}]},"subject":{"reference":"Patient/p"},"#
            + #""effectiveDateTime":"2024-01-01","valueQuantity":{"value":44,"unit":"beats","#
            + #""system":"http://unitsofmeasure.org","code":"\#(value)"}}"#
    }

    @Test func profilesOfTheStandardWorkWhereTheyAreNamed() throws {
        #expect(try errors(Self.heartRate("/min"), [], all: false).map { "\($0.expression) \($0.message)" } == [])
        #expect(try errors(Self.heartRate("mm"), [], all: false).map(\.expression) == ["Observation.value.code"])
        let bare = #"{"resourceType":"Observation","status":"final","code":{"text":"x"}}"#
        let found = try errors(bare, ["http://hl7.org/fhir/StructureDefinition/vitalsigns"])
        #expect(found.map(\.expression).contains("Observation.subject"))
        #expect(found.map(\.expression).contains("Observation.category"))
    }

    @Test func unknownProfilesAreSaid() throws {
        let named = #"{"resourceType":"Patient","meta":{"profile":["http://example.org/none"]}}"#
        #expect(try errors(named, []).isEmpty)
        #expect(try errors(#"{"resourceType":"Patient"}"#, ["http://example.org/none"]).map(\.code) == [.notFound])
        let other = #"{"resourceType":"Patient","meta":{"profile":["http://hl7.org/fhir/StructureDefinition/bmi"]}}"#
        #expect(try errors(other, []).map(\.expression) == ["Patient.meta.profile[0]"])
    }

    // MARK: - Extensions of the standard

    @Test(arguments: [
        (#"[{"url":"http://hl7.org/fhir/StructureDefinition/patient-birthPlace","valueAddress":{"city":"x"}}]"#, ""),
        (
            #"[{"url":"http://hl7.org/fhir/StructureDefinition/patient-birthPlace","valueString":"x"}]"#,
            "Patient.extension[0].value"
        ),
        (
            #"[{"url":"http://hl7.org/fhir/StructureDefinition/geolocation","extension":[{"url":"latitude","#
                + #""valueDecimal":1}]}]"#,
            "Patient.extension[0]"
        ),
        (#"[{"url":"http://hl7.org/fhir/StructureDefinition/nothing","valueString":"x"}]"#, "Patient.extension[0].url"),
        (#"[{"url":"http://example.org/x","valueString":"x"}]"#, ""),
    ])
    func extensionIsCheckedByItsDefinition(_ list: String, _ expression: String) throws {
        let found = try errors(#"{"resourceType":"Patient","extension":\#(list)}"#, [])
        #expect(Set(found.map(\.expression)).subtracting([expression]).filter { !$0.hasPrefix(expression) } == [])
        #expect(found.isEmpty == expression.isEmpty)
    }

    // MARK: - Hostile input

    @Test func recursiveProfilesEnd() throws {
        var samples = ProfileSamples()
        for (name, next) in [("a", "b"), ("b", "a")] {
            try samples.add(
                name, on: "Patient",
                #"{"id":"Patient.link.other","path":"Patient.link.other","type":[{"code":"Reference","#
                    + #""targetProfile":["\#(ProfileSamples.base)\#(next)"]}]},"#
                    + #"{"id":"Patient.gender","path":"Patient.gender","min":1}"#)
        }
        try samples.add(
            "self", on: "Patient", from: ProfileSamples.base + "self",
            #"{"id":"Patient.gender","path":"Patient.gender","min":1}"#)
        let ring =
            ##"{"resourceType":"Patient","id":"a","gender":"male","contained":[{"resourceType":"Patient","id":"b","##
            + ##""gender":"male","link":[{"type":"seealso","other":{"reference":"#"}}]}],"##
            + ##""link":[{"type":"seealso","other":{"reference":"#b"}}]}"##
        #expect(try errors(ring, [ProfileSamples.base + "a"], samples).map(\.message) == [])
        let cyclic = try errors(ring, [ProfileSamples.base + "self"], samples)
        #expect(cyclic.map(\.code) == [.processing])
    }

    @Test func costlyExpressionOfAProfileEnds() throws {
        var samples = ProfileSamples()
        let nested =
            String(repeating: "%resource.descendants().select(", count: 6) + "true" + String(repeating: ")", count: 6)
        try samples.add(
            "slow", on: "Patient",
            #"{"id":"Patient","path":"Patient","constraint":[{"key":"slow","severity":"error","human":"x","#
                + #""expression":"\#(nested).exists()"}]}"#)
        let names = Array(repeating: #"{"given":["a","b","c"],"family":"x"}"#, count: 100).joined(separator: ",")
        let found = try errors(
            #"{"resourceType":"Patient","name":[\#(names)]}"#, [ProfileSamples.base + "slow"], samples)
        #expect(found.map(\.code) == [.tooCostly])
    }

    @Test func brokenExpressionOfAProfileIsAWarning() throws {
        var samples = ProfileSamples()
        try samples.add(
            "odd", on: "Patient",
            #"{"id":"Patient","path":"Patient","constraint":[{"key":"odd","severity":"error","human":"x","#
                + #""expression":"name.((("}]}"#)
        #expect(try errors(#"{"resourceType":"Patient"}"#, [ProfileSamples.base + "odd"], samples).isEmpty)
    }

    @Test func longNarrativeEnds() throws {
        let text = String(repeating: "<p>x &amp; y</p>", count: 10 << 16)
        let start =
            #"{"resourceType":"Patient","text":{"status":"generated","#
            + #""div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">"#
        #expect(try errors(start + text + #"</div>"}}"#, []).isEmpty)
        #expect(try errors(start + text + #"<script/></div>"}}"#, []).map(\.rule) == ["txt-1"])
        #expect(
            try errors(start + String(repeating: "<b>", count: 1 << 18) + #"</div>"}}"#, []).map(\.rule) == ["txt-1"])
    }

    @Test func manySlicesAndValuesEnd() throws {
        var samples = ProfileSamples()
        let slices = (0..<400).map { n in
            #"{"id":"Patient.identifier:s\#(n)","path":"Patient.identifier","sliceName":"s\#(n)"},"#
                + #"{"id":"Patient.identifier:s\#(n).system","path":"Patient.identifier.system","#
                + #""fixedUri":"http://\#(n)"}"#
        }.joined(separator: ",")
        try samples.add(
            "many", on: "Patient",
            #"{"id":"Patient.identifier","path":"Patient.identifier","slicing":{"discriminator":"#
                + #"[{"type":"value","path":"system"}],"rules":"closed"}},"# + slices)
        let values = Array(repeating: #"{"system":"http://none"}"#, count: 2000).joined(separator: ",")
        let found = try errors(
            #"{"resourceType":"Patient","identifier":[\#(values)]}"#, [ProfileSamples.base + "many"], samples)
        #expect(!found.isEmpty && found.count <= ResourceValidator.maximumIssueCount)
    }
}
