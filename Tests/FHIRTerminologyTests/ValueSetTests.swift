import JSONTape
import Testing

@testable import FHIRTerminology

/// What value sets hold (R4 valueset.html#compositions).
@Suite struct ValueSetTests {
    private func terminology(
        _ compose: String, more: [String] = [], _ change: (inout TerminologyLimits) -> Void = { _ in }
    ) throws -> Terminology {
        var limits = TerminologyLimits()
        change(&limits)
        let texts = [MemoryTerminology.animals, MemoryTerminology.valueSet("x", compose)] + more
        return Terminology(source: try MemoryTerminology(texts), limits: limits)
    }

    private func codes(_ terminology: Terminology, _ wish: ExpansionWish = ExpansionWish()) async throws -> String {
        let expansion = try await terminology.expand(try await terminology.valueSet("urn:vs:x"), wish)
        return expansion.entries.map(\.code).joined(separator: " ")
    }

    private func failure(_ terminology: Terminology) async -> TerminologyError.Code? {
        do {
            _ = try await codes(terminology)
            return nil
        } catch {
            return (error as? TerminologyError)?.code
        }
    }

    // MARK: - What is refused

    @Test(arguments: [
        (#""include":[{"system":"urn:unknown"}]"#, TerminologyError.Code.unresolved),
        (#""include":[{"system":"urn:animals","version":"1"}]"#, .unresolved),
        (#""include":[{"valueSet":["urn:vs:nowhere"]}]"#, .unresolved),
        (#""include":[{"valueSet":["urn:vs:x"]}]"#, .invalidDefinition),
        (MemoryTerminology.filter("concept", "like", "x"), .invalidDefinition),
        (MemoryTerminology.filter("concept", "regex", "("), .invalidDefinition),
        (MemoryTerminology.filter("concept", "regex", "((a{999}){999}){999}"), .tooCostly),
        (MemoryTerminology.filter("legs", "exists", "perhaps"), .invalidDefinition),
    ])
    func whatCannotBeFollowed(compose: String, code: TerminologyError.Code) async throws {
        #expect(await failure(try terminology(compose)) == code)
    }

    @Test func unknownValueSetsAndSystems() async throws {
        let terminology = try terminology(#""include":[{"system":"urn:animals"}]"#)
        await #expect(throws: TerminologyError(.unknownValueSet, "The value set urn:y is not known to this server.")) {
            _ = try await terminology.valueSet("urn:y")
        }
        await #expect(throws: TerminologyError.self) { _ = try await terminology.codeSystem("urn:animals|1") }
        let animals = try await terminology.codeSystem("urn:animals|2")
        await #expect(throws: TerminologyError.self) { _ = try await terminology.lookup("Dog", in: animals) }
    }

    /// a imports b, b imports a; and a chain of thirty.
    @Test func circlesAndDepth() async throws {
        let ring = MemoryTerminology.valueSet("y", #""include":[{"valueSet":["urn:vs:x"]}]"#)
        let imports = #""include":[{"valueSet":["urn:vs:y"]}]"#
        #expect(await failure(try terminology(imports, more: [ring])) == .invalidDefinition)
        let chain = (0..<30).map {
            MemoryTerminology.valueSet("c\($0)", #""include":[{"valueSet":["urn:vs:c\#($0 + 1)"]}]"#)
        }
        let start = #""include":[{"valueSet":["urn:vs:c0"]}]"#
        #expect(await failure(try terminology(start, more: chain)) == .invalidDefinition)
        let coding = CodingQuestion(system: "urn:animals", code: "dog")
        for text in [imports, start] {
            let terminology = try terminology(text, more: chain + [ring])
            let valueSet = try await terminology.valueSet("urn:vs:x")
            await #expect(throws: TerminologyError.self) {
                _ = try await terminology.validate(coding, in: valueSet, ValidationWish())
            }
        }
    }

    /// Each imports the next three times: nothing is worked out twice.
    @Test func manyWaysToOneValueSet() async throws {
        let last = MemoryTerminology.valueSet("d8", #""include":[{"system":"urn:animals","concept":[{"code":"dog"}]}]"#)
        let chain = (0..<8).map { number in
            let include = #"{"valueSet":["urn:vs:d\#(number + 1)"]}"#
            return MemoryTerminology.valueSet("d\(number)", #""include":[\#(include),\#(include),\#(include)]"#)
        }
        let terminology = try terminology(#""include":[{"valueSet":["urn:vs:d0"]}]"#, more: chain + [last]) {
            $0.conceptCount = 100
        }
        #expect(try await codes(terminology) == "dog")
        let valueSet = try await terminology.valueSet("urn:vs:x")
        for (code, isIn) in [("dog", true), ("cat", false)] {
            let question = CodingQuestion(system: "urn:animals", code: code)
            #expect(try await terminology.validate(question, in: valueSet, ValidationWish()).isValid == isIn)
        }
    }

    @Test func limits() async throws {
        let all = #""include":[{"system":"urn:animals"}]"#
        #expect(await failure(try terminology(all) { $0.conceptCount = 6 }) == .tooCostly)
        let few = try terminology(all) { $0.pageCount = 3 }
        #expect(await failure(few) == .tooCostly)
        var wish = ExpansionWish()
        wish.count = 1_000_000
        #expect(try await codes(few, wish) == "animal dog poodle")
        wish.offset = 6
        #expect(try await codes(few, wish) == "catdog")
        wish.offset = 1_000_000
        #expect(try await codes(few, wish) == "")
    }

    /// More codes than one question may put together, listed in parts, imported by many, and taken away: refused before
    /// they are put together; one code is found among them.
    @Test func tooManyCodes() async throws {
        let listed = (0..<400).map { #"{"code":"c\#($0)"}"# }.joined(separator: ",")
        let parts = (0..<30).map { #"{"system":"urn:s\#($0)","concept":[\#(listed)]}"# }.joined(separator: ",")
        let many = MemoryTerminology.valueSet("many", #""include":[\#(parts)]"#)
        let source = try MemoryTerminology([MemoryTerminology.animals, many])
        var limits = TerminologyLimits()
        limits.conceptCount = 10_000
        let importing = #"{"valueSet":["urn:vs:many"]}"#
        for compose in [
            #""include":[\#(importing)]"#, #""include":[\#(importing),\#(importing)]"#,
            #""include":[{"system":"urn:animals"}],"exclude":[\#(importing)]"#,
            #""include":[{"system":"urn:animals","valueSet":["urn:vs:many"]}]"#,
        ] {
            var own = source
            own.resources.append(JSONNode(try Document.parse(MemoryTerminology.valueSet("x", compose))))
            let terminology = Terminology(source: own, limits: limits)
            #expect(await failure(terminology) == .tooCostly, "\(compose)")
            await #expect(throws: TerminologyError.self) { _ = try await terminology.conceptSet(of: "urn:vs:x") }
        }
        let terminology = Terminology(source: source, limits: limits)
        let valueSet = try await terminology.valueSet("urn:vs:many")
        for (system, code, isIn) in [("urn:s29", "c399", true), ("urn:s29", "d", false), ("urn:x", "c1", false)] {
            let question = CodingQuestion(system: system, code: code)
            #expect(try await terminology.validate(question, in: valueSet, ValidationWish()).isValid == isIn)
        }
    }

    /// More imports within each other, and besides each other, than one question may follow.
    @Test func manyValueSets() async throws {
        let empty = #""include":[{"system":"urn:s","concept":[]}]"#
        let many = (0..<300).map { MemoryTerminology.valueSet("m\($0)", empty) }
        let imports = (0..<300).map { #"{"valueSet":["urn:vs:m\#($0)"]}"# }.joined(separator: ",")
        let terminology = try terminology(#""include":[\#(imports)]"#, more: many)
        #expect(await failure(terminology) == .tooCostly)
        let valueSet = try await terminology.valueSet("urn:vs:x")
        let question = CodingQuestion(system: "urn:animals", code: "dog")
        await #expect(throws: TerminologyError.self) {
            _ = try await terminology.validate(question, in: valueSet, ValidationWish())
        }
    }

    // MARK: - Compositions

    @Test(arguments: [
        (#""include":[{"system":"urn:animals"}]"#, "animal dog poodle cat dodo plant catdog"),
        (#""include":[{"system":"urn:animals","version":"2"}]"#, "animal dog poodle cat dodo plant catdog"),
        (#""inactive":false,"include":[{"system":"urn:animals"}]"#, "animal dog poodle cat plant catdog"),
        (
            #""include":[{"system":"urn:animals","concept":[{"code":"plant"},{"code":"dog"},{"code":"none"}]}]"#,
            "plant dog"
        ),
        (#""include":[{"system":"urn:else","concept":[{"code":"a"},{"code":"b"}]}]"#, "a b"),
        (
            #"""
            "include":[{"system":"urn:animals","concept":[{"code":"dog"}]},
             {"system":"urn:animals","concept":[{"code":"dog"},{"code":"cat"}]}]
            """#,
            "dog cat"
        ),
        (
            #""include":[{"system":"urn:animals"}],"exclude":[{"system":"urn:animals","concept":[{"code":"dog"}]}]"#,
            "animal poodle cat dodo plant catdog"
        ),
        (#""include":[{"system":"urn:animals"}],"exclude":[{"system":"urn:animals"}]"#, ""),
        (#""include":[{"valueSet":["urn:vs:dogs"]}]"#, "dog poodle catdog"),
        (#""include":[{"valueSet":["urn:vs:dogs","urn:vs:cats"]}]"#, "catdog"),
        (#""include":[{"system":"urn:animals","valueSet":["urn:vs:cats"]}]"#, "cat catdog"),
        (#""include":[{"system":"urn:animals"}],"exclude":[{"valueSet":["urn:vs:dogs"]}]"#, "animal cat dodo plant"),
        (MemoryTerminology.filter("concept", "is-a", "dog"), "dog poodle catdog"),
        (MemoryTerminology.filter("concept", "is-a", "unheard"), ""),
        (MemoryTerminology.filter("concept", "descendent-of", "dog"), "poodle catdog"),
        (MemoryTerminology.filter("concept", "is-not-a", "animal"), "plant"),
        (MemoryTerminology.filter("concept", "generalizes", "catdog"), "animal dog cat catdog"),
        (MemoryTerminology.filter("concept", "child-of", "animal"), "dog cat dodo"),
        (MemoryTerminology.filter("concept", "descendent-leaf", "animal"), "poodle dodo catdog"),
        (MemoryTerminology.filter("code", "in", "dog, cat"), "dog cat"),
        (MemoryTerminology.filter("concept", "not-in", "dog,cat"), "animal poodle dodo plant catdog"),
        (MemoryTerminology.filter("legs", "=", "4"), "dog poodle cat"),
        (MemoryTerminology.filter("legs", "in", "2,3"), "dodo"),
        (MemoryTerminology.filter("legs", "exists", "false"), "animal plant catdog"),
        (MemoryTerminology.filter("legs", "exists", "true"), "dog poodle cat dodo"),
        (MemoryTerminology.filter("parent", "=", "dog"), "poodle catdog"),
        (MemoryTerminology.filter("kind-of", "is-a", "animal"), "catdog"),
        (MemoryTerminology.filter("code", "regex", "d.*"), "dog dodo"),
        (MemoryTerminology.filter("display", "regex", ".* .*"), "poodle catdog"),
        (
            #"""
            "include":[{"system":"urn:animals","filter":[{"property":"concept","op":"is-a","value":"dog"},
             {"property":"legs","op":"=","value":"4"}]}]
            """#,
            "dog poodle"
        ),
    ])
    func compositions(compose: String, expected: String) async throws {
        let dogs = MemoryTerminology.valueSet("dogs", MemoryTerminology.filter("concept", "is-a", "dog"))
        let cats = MemoryTerminology.valueSet("cats", MemoryTerminology.filter("concept", "is-a", "cat"))
        let terminology = try terminology(compose, more: [dogs, cats])
        #expect(try await codes(terminology) == expected)
        // One code at a time says the same.
        let valueSet = try await terminology.valueSet("urn:vs:x")
        let members = Set(expected.split(separator: " ").map(String.init))
        for code in ["animal", "dog", "poodle", "cat", "dodo", "plant", "catdog", "unheard"] {
            let question = CodingQuestion(system: "urn:animals", code: code)
            let answer = try await terminology.validate(question, in: valueSet, ValidationWish())
            #expect(answer.isValid == members.contains(code), "\(code)")
        }
        let set = try await terminology.conceptSet(of: "urn:vs:x")
        for code in members where !compose.contains("urn:else") {
            #expect(set.contains(Concept(system: "urn:animals", code: code)), "\(code)")
        }
    }

    /// A system that is not here can still be a part of a search's value set as a whole.
    @Test func wholeSystemsNeedNotBeKnown() async throws {
        let terminology = try terminology(
            #""include":[{"system":"urn:unknown"},{"valueSet":["urn:vs:y"]}]"#,
            more: [
                MemoryTerminology.valueSet("y", #""include":[{"system":"urn:other"}]"#)
            ])
        let set = try await terminology.conceptSet(of: "urn:vs:x")
        #expect(set.systems == ["urn:unknown", "urn:other"])
    }

    @Test func storedExpansions() async throws {
        func resource(_ rest: String) -> String {
            #"{"resourceType":"ValueSet","url":"urn:vs:x","status":"active",\#(rest)}"#
        }
        let contains = #""contains":[{"abstract":true,"code":"g","system":"s","contains":[{"system":"s","code":"a"}]}]"#
        func run(_ rest: String) async throws -> String {
            try await codes(Terminology(source: try MemoryTerminology([resource(rest)])))
        }
        #expect(try await run(#""expansion":{"timestamp":"2020",\#(contains)}"#) == "g a")
        #expect(
            try await run(#""compose":{"include":[{"system":"s"}]},"expansion":{"timestamp":"2020",\#(contains)}"#)
                == "g a")
        for rest in [#""expansion":{"timestamp":"2020","total":7,\#(contains)}"#, #""name":"n""#] {
            await #expect(throws: TerminologyError.self) { try await run(rest) }
        }
    }

    // MARK: - Texts

    @Test(arguments: [
        ("dog", "dog catdog"), ("DO", "dog dodo catdog"), ("hund", "dog"), ("houn", "dog"), ("stand po", "poodle"),
        ("og", ""), ("poodle", "poodle"), ("cat dog", "catdog"), ("x", ""),
        ("...", "animal dog poodle cat dodo plant catdog"),
    ])
    func textFilters(text: String, expected: String) async throws {
        var wish = ExpansionWish()
        wish.filter = TextFilter(text)
        #expect(try await codes(try terminology(#""include":[{"system":"urn:animals"}]"#), wish) == expected)
    }

    @Test(
        arguments: [
            ([], "Dog"), (["de"], "Hund"), (["de-AT"], "Hund"), (["fr", "de"], "Hund"), (["fr"], "Dog"),
            (["en", "de"], "Dog"),
            (["EN-us"], "Dog"), (["*"], "Dog"), (["d"], "Dog"),
        ] as [([String], String)])
    func displaysByLanguage(languages: [String], expected: String) async throws {
        let terminology = try terminology(#""include":[{"system":"urn:animals"}]"#)
        let expansion = try await terminology.expand(try await terminology.valueSet("urn:vs:x"), ExpansionWish())
        #expect(expansion.entries[1].display(in: languages) == expected)
    }

    @Test func displaysAreChecked() async throws {
        let compose = #""include":[{"system":"urn:animals","concept":[{"code":"dog","display":"Doggy"}]}]"#
        let terminology = try terminology(compose)
        let valueSet = try await terminology.valueSet("urn:vs:x")
        let animals = try await terminology.codeSystem("urn:animals")
        for (display, isRight) in [("Doggy", true), ("dog", true), ("DOG ", true), ("Hund", true), ("Cat", false)] {
            let question = CodingQuestion(system: "urn:animals", code: "dog", display: display)
            let answer = try await terminology.validate(question, in: valueSet, ValidationWish())
            #expect(answer.isValid == isRight && answer.display == "Doggy" && (answer.message != nil) == !isRight)
            let inSystem = try await terminology.validate(question, in: animals, ValidationWish())
            #expect(inSystem.isValid == (isRight && display != "Doggy"))
        }
    }

    @Test func abstractAndInactiveCodes() async throws {
        let terminology = try terminology(#""include":[{"system":"urn:animals"}]"#)
        let animals = try await terminology.codeSystem("urn:animals")
        var wish = ValidationWish()
        let animal = CodingQuestion(system: "urn:animals", code: "animal")
        #expect(try await terminology.validate(animal, in: animals, wish).isValid)
        wish.allowsAbstract = false
        #expect(try await !terminology.validate(animal, in: animals, wish).isValid)
        var expansion = ExpansionWish()
        expansion.activeOnly = true
        expansion.selectableOnly = true
        #expect(try await codes(terminology, expansion) == "dog poodle cat plant catdog")
    }

    @Test func subsumption() async throws {
        let terminology = try terminology("")
        let animals = try await terminology.codeSystem("urn:animals")
        for (left, right, expected) in [
            ("dog", "dog", Subsumption.equivalent), ("animal", "catdog", .subsumes), ("poodle", "animal", .subsumedBy),
            ("plant", "dog", .notSubsumed), ("cat", "dog", .notSubsumed),
        ] { #expect(try await terminology.subsumption(left, right, in: animals) == expected) }
        await #expect(throws: TerminologyError.self) {
            _ = try await terminology.subsumption("dog", "unheard", in: animals)
        }
    }

    /// Parents that are each other's parents, and systems that group only.
    @Test func strangeHierarchies() async throws {
        let ring = JSONNode(
            try Document.parse(
                #"""
                {"resourceType":"CodeSystem","url":"u","content":"complete","caseSensitive":false,"concept":[
                 {"code":"A","property":[{"code":"parent","valueCode":"b"},{"code":"parent","valueCode":"lost"}]},
                 {"code":"B","property":[{"code":"parent","valueCode":"a"}]}]}
                """#))
        let system = ResourceCodeSystem(ring)
        #expect(system.isKind("a", of: "B") && system.isKind("b", of: "A"))
        #expect(system.concept("a")?.parents == ["B"])
        let parts = JSONNode(
            try Document.parse(
                #"""
                {"resourceType":"CodeSystem","url":"u","content":"complete","hierarchyMeaning":"part-of","concept":[
                 {"code":"car","concept":[{"code":"wheel"}]}]}
                """#))
        #expect(!ResourceCodeSystem(parts).isKind("wheel", of: "car"))
    }

    @Test(arguments: [
        ("http://snomed.info/sct?fhir_vs", 0), ("http://snomed.info/sct?fhir_vs=isa/73211009", 1),
        ("http://loinc.org/vs", 0),
    ])
    func implicitValueSets(url: String, filterCount: Int) throws {
        let definition = try #require(ImplicitValueSet.definition(url))
        #expect(definition.includes.count == 1 && definition.includes[0].filters.count == filterCount)
        #expect(ImplicitValueSet.definition("http://snomed.info/sct?fhir_vs=ecl/x") == nil)
        #expect(ImplicitValueSet.definition("http://x?fhir_vs") == nil)
    }
}
