import FHIRTerminology
import Synchronization
import Testing

/// Questions about single codes.
@Suite struct CodeQuestionTests {
    private static let all = MemoryTerminology.valueSet("all", #""include":[{"system":"urn:animals"}]"#)
    private static let pets = MemoryTerminology.valueSet("pets", #""include":[{"valueSet":["urn:vs:all"]}]"#)
    private static let open = MemoryTerminology.valueSet("open", #""include":[{"system":"urn:unknown"}]"#)
    private static let loop = MemoryTerminology.valueSet("loop", #""include":[{"valueSet":["urn:vs:loop"]}]"#)

    private static let questions: [(CodeQuestion, CodeAnswer)] = [
        (.membership(valueSet: "urn:vs:all", system: "urn:animals", code: "dog"), .yes),
        (.membership(valueSet: "urn:vs:all", system: "urn:animals", code: "stone"), .no),
        (.membership(valueSet: "urn:vs:all", system: "urn:others", code: "dog"), .no),
        (.membership(valueSet: "urn:vs:all", system: nil, code: "dog"), .yes),
        (.membership(valueSet: "urn:vs:pets", system: nil, code: "dog"), .yes),
        (.membership(valueSet: "urn:vs:pets", system: nil, code: "stone"), .no),
        (.membership(valueSet: "urn:vs:open", system: nil, code: "dog"), .unknown),
        (.membership(valueSet: "urn:vs:open", system: "urn:unknown", code: "dog"), .unknown),
        (.membership(valueSet: "urn:vs:loop", system: nil, code: "dog"), .unknown),
        (.membership(valueSet: "urn:vs:none", system: "urn:animals", code: "dog"), .unknown),
        (.display(system: "urn:animals", code: "dog", text: "Dog"), .yes),
        (.display(system: "urn:animals", code: "dog", text: " dog"), .yes),
        (.display(system: "urn:animals", code: "dog", text: "Hund"), .yes),
        (.display(system: "urn:animals", code: "dog", text: "Cat"), .otherText("Dog")),
        (.display(system: "urn:animals", code: "stone", text: "Stone"), .no),
        (.display(system: "urn:none", code: "dog", text: "Dog"), .unknown),
    ]

    private static func memory() throws -> MemoryTerminology {
        try MemoryTerminology([MemoryTerminology.animals, all, pets, open, loop])
    }

    @Test func eachHasAnAnswer() async throws {
        let terminology = Terminology(source: try Self.memory())
        for (question, answer) in Self.questions {
            #expect(try await terminology.answer(question) == answer, "\(question)")
        }
    }

    /// Counts what it is asked.
    private final class Counting: TerminologySource {
        let source: MemoryTerminology
        let count = Mutex(0)

        init(_ source: MemoryTerminology) { self.source = source }

        func codeSystem(_ canonical: String) async throws -> (any CodeSystem)? {
            count.withLock { $0 += 1 }
            return source.codeSystem(canonical)
        }

        func valueSet(_ canonical: String) async throws -> ValueSetDefinition? {
            count.withLock { $0 += 1 }
            return try source.valueSet(canonical)
        }

        func conceptMap(_ canonical: String) async throws -> ConceptMapDefinition? { source.conceptMap(canonical) }

        func conceptMaps(from system: String, isReverse: Bool) async throws -> [ConceptMapDefinition] {
            source.conceptMaps(from: system, isReverse: isReverse)
        }
    }

    @Test func manyQuestionsAskForEachThingOnce() async throws {
        let counting = Counting(try Self.memory())
        let terminology = Terminology(source: RememberingTerminologySource(counting))
        for _ in 0..<3 {
            for (question, answer) in Self.questions { #expect(try await terminology.answer(question) == answer) }
        }
        // Five value sets, and the systems of animals, of others, and two that are not known.
        #expect(counting.count.withLock { $0 } <= 9)
    }
}
