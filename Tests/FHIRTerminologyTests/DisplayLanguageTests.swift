import FHIRTerminology
import Testing

/// Texts in the language that is wanted (RFC 4647 §3.4).
@Suite struct DisplayLanguageTests {
    private static let concept: CodeSystemConcept = {
        var concept = CodeSystemConcept(code: "c", display: "colour")
        concept.designations = [
            Designation(language: "de", value: "de"),
            Designation(language: "de-CH", value: "de-CH"),
            Designation(language: "de-CH-1996", value: "de-CH-1996"),
            Designation(
                language: "de", use: .init(system: nil, code: "900000000000003001", display: nil), value: "de full"),
            Designation(language: "pt-BR", value: "pt-BR"), Designation(language: "zh-Hant", value: "zh-Hant"),
            Designation(language: "en-US", value: "color"), Designation(language: nil, value: "nobody's"),
        ]
        return concept
    }()

    @Test(
        arguments: [
            ([], "colour"), (["de"], "de"), (["DE"], "de"), (["de-AT"], "de"), (["de-ch"], "de-CH"),
            (["de-CH-x-phonebk"], "de-CH"), (["de-CH-1901"], "de-CH"), (["de-CH-1996"], "de-CH-1996"),
            // More special ones only where there is nothing else in the language.
            (["pt"], "pt-BR"), (["pt-PT"], "colour"), (["zh"], "zh-Hant"), (["zh-Hant-TW"], "zh-Hant"),
            (["zh-TW"], "colour"), (["en"], "colour"), (["en-GB"], "colour"), (["en-US"], "color"),
            (["fr", "de-CH", "en"], "de-CH"), (["fr"], "colour"), (["fr", "*", "de"], "colour"), (["d"], "colour"),
            (["-"], "colour"), ([""], "colour"), (["x"], "colour"),
        ] as [([String], String)])
    func lookup(languages: [String], expected: String) {
        #expect(Self.concept.display(in: languages, systemLanguage: "en") == expected, "\(languages)")
    }

    @Test func displaysWithoutALanguageServeWhereNothingFits() {
        #expect(Self.concept.display(in: ["en"], systemLanguage: nil) == "color")
        #expect(Self.concept.display(in: ["fr"], systemLanguage: nil) == "colour")
    }

    /// A value set may show its own texts, in another language than the system's.
    @Test func valueSetsHaveALanguageOfTheirOwn() async throws {
        let valueSet = #"""
            {"resourceType":"ValueSet","url":"urn:vs:x","language":"fr","status":"active","compose":{"include":[
             {"system":"urn:animals","concept":[{"code":"dog","display":"Chien"},{"code":"cat"}]}]}}
            """#
        let terminology = Terminology(source: try MemoryTerminology([MemoryTerminology.animals, valueSet]))
        let definition = try await terminology.valueSet("urn:vs:x")
        let entries = try await terminology.expand(definition, ExpansionWish()).entries
        for (languages, dog, cat) in [
            ([], "Chien", "Cat"), (["fr-CA"], "Chien", "Cat"), (["en"], "Dog", "Cat"), (["de"], "Hund", "Cat"),
            (["it"], "Chien", "Cat"),
        ] {
            #expect(entries.map { $0.display(in: languages) } == [dog, cat], "\(languages)")
            var wish = ValidationWish()
            wish.languages = languages
            let question = CodingQuestion(system: "urn:animals", code: "dog", display: "chien")
            let answer = try await terminology.validate(question, in: definition, wish)
            #expect(answer.isValid && answer.display == dog)
        }
    }
}
