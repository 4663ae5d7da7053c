import Synchronization

/// Asks another source for each thing once: many questions at a time are mostly about few systems and value sets.
package final class RememberingTerminologySource: TerminologySource {
    private struct Known {
        var codeSystems: [String: (any CodeSystem)?] = [:]
        var valueSets: [String: ValueSetDefinition?] = [:]
    }

    private let source: any TerminologySource
    private let known = Mutex(Known())

    /// - Parameter source: who knows; answers are taken to hold as long as this is used.
    package init(_ source: any TerminologySource) {
        self.source = source
    }

    package func codeSystem(_ canonical: String) async throws -> (any CodeSystem)? {
        if let answer = known.withLock({ $0.codeSystems[canonical] }) { return answer }
        let found = try await source.codeSystem(canonical)
        known.withLock { $0.codeSystems[canonical] = .some(found) }
        return found
    }

    package func valueSet(_ canonical: String) async throws -> ValueSetDefinition? {
        if let answer = known.withLock({ $0.valueSets[canonical] }) { return answer }
        let found = try await source.valueSet(canonical)
        known.withLock { $0.valueSets[canonical] = .some(found) }
        return found
    }

    package func conceptMap(_ canonical: String) async throws -> ConceptMapDefinition? {
        try await source.conceptMap(canonical)
    }

    package func conceptMaps(from system: String, isReverse: Bool) async throws -> [ConceptMapDefinition] {
        try await source.conceptMaps(from: system, isReverse: isReverse)
    }
}
