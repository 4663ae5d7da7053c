import Testing

@testable import FHIRTerminology

/// Translations by concept maps (R4 conceptmap-operation-translate.html).
@Suite struct TranslationTests {
    private static let map = #"""
        {"resourceType":"ConceptMap","url":"urn:map","version":"1","status":"active","sourceUri":"urn:vs:a",
         "targetUri":"urn:vs:b","group":[{"source":"urn:a","target":"urn:b","targetVersion":"3","element":[
          {"code":"1","display":"One","target":[{"code":"I","display":"Roman one","equivalence":"equivalent"}]},
          {"code":"2","target":[{"code":"II","equivalence":"wider"},{"code":"IIb","equivalence":"narrower",
            "product":[{"property":"urn:size","system":"urn:s","value":"small"}]}]},
          {"code":"3","target":[{"equivalence":"unmatched","comment":"none"}]},
          {"code":"4","target":[{"code":"IV","equivalence":"equal","dependsOn":[{"property":"p","value":"v"}]}]}]},
         {"source":"urn:a","target":"urn:c","element":[{"code":"1","target":[{"code":"uno","equivalence":"equal"}]}],
          "unmapped":{"mode":"fixed","code":"?"}}]}
        """#

    private func run(
        _ code: String, system: String = "urn:a", target: String? = nil, isReverse: Bool = false, more: [String] = [],
        map: String? = "urn:map", from: String? = nil
    ) async throws -> Translation {
        let terminology = Terminology(source: try MemoryTerminology([Self.map] + more))
        var question = TranslationQuestion(codings: [CodingQuestion(system: system, code: code)])
        question.targetSystem = target
        question.isReverse = isReverse
        question.source = from
        let definition = if let map { try await terminology.conceptMap(map) } else { nil as ConceptMapDefinition? }
        return try await terminology.translate(question, with: definition)
    }

    private func text(_ translation: Translation) -> String {
        translation.matches.map { "\($0.equivalence.rawValue):\($0.concept?.code ?? "-")" }.joined(separator: " ")
    }

    @Test func unknownMapsAreRefused() async {
        await #expect(throws: TerminologyError.self) { _ = try await run("1", map: "urn:other") }
        await #expect(throws: TerminologyError.self) { _ = try await run("1", map: "urn:map|2") }
    }

    @Test func mapsThatLeadOnInACircleAreRefused() async throws {
        func other(_ name: String, _ next: String) -> String {
            #"""
            {"resourceType":"ConceptMap","url":"urn:\#(name)","group":[{"source":"urn:a","target":"urn:b",
             "element":[{"code":"x"}],"unmapped":{"mode":"other-map","url":"\#(next)"}}]}
            """#
        }
        let maps = [other("m1", "urn:m2"), other("m2", "urn:m1"), other("m3", "urn:nowhere"), other("m4", "urn:map")]
        for map in ["urn:m1", "urn:m3"] {
            await #expect(throws: TerminologyError.self) { _ = try await run("1", more: maps, map: map) }
        }
        #expect(text(try await run("1", target: "urn:b", more: maps, map: "urn:m4")) == "equivalent:I")
    }

    @Test(arguments: [
        ("1", "equivalent:I equal:uno", true), ("2", "wider:II narrower:IIb", true), ("3", "unmatched:-", false),
        ("9", "relatedto:?", true), ("4", "relatedto:?", true),
    ])
    func forward(code: String, expected: String, isFound: Bool) async throws {
        let found = try await run(code)
        #expect(text(found) == expected && found.isFound == isFound && (found.message == nil) == isFound)
    }

    @Test func narrowed() async throws {
        #expect(text(try await run("1", target: "urn:c")) == "equal:uno")
        #expect(text(try await run("9", target: "urn:b")) == "")
        #expect(text(try await run("1", system: "urn:b")) == "")
        #expect(text(try await run("1", map: nil)) == "equivalent:I equal:uno")
        #expect(text(try await run("1", map: nil, from: "urn:vs:a")) == "equivalent:I equal:uno")
        #expect(text(try await run("1", map: nil, from: "urn:vs:else")) == "")
        let one = try await run("1", target: "urn:b").matches[0]
        #expect(one.display == "Roman one" && one.version == "3" && one.map == "urn:map|1")
        #expect(try await run("2").matches[1].products.map(\.code) == ["small"])
    }

    @Test func backward() async throws {
        #expect(text(try await run("II", system: "urn:b", isReverse: true)) == "narrower:2")
        #expect(text(try await run("uno", system: "urn:c", isReverse: true, map: nil)) == "equal:1")
        #expect(text(try await run("1", isReverse: true)) == "")
    }
}
