/// Answers questions about codes from code systems, value sets and concept maps (R4 terminology-service.html).
package struct Terminology: Sendable {
    let source: any TerminologySource
    package let limits: TerminologyLimits

    package init(source: any TerminologySource, limits: TerminologyLimits = TerminologyLimits()) {
        self.source = source
        self.limits = limits
    }

    func evaluation() -> ValueSetEvaluation { ValueSetEvaluation(source: source, limits: limits) }

    /// A code system that is asked about.
    package func codeSystem(_ canonical: String) async throws -> any CodeSystem {
        guard let system = try await source.codeSystem(canonical) else {
            throw TerminologyError(.unknownCodeSystem, "The code system \(canonical) is not known to this server.")
        }
        return system
    }

    /// A value set that is asked about.
    package func valueSet(_ canonical: String) async throws -> ValueSetDefinition {
        guard let valueSet = try await source.valueSet(canonical) else {
            throw TerminologyError(.unknownValueSet, "The value set \(canonical) is not known to this server.")
        }
        return valueSet
    }

    /// The concept of a code that is asked about (R4 codesystem-operation-lookup.html).
    package func lookup(_ code: String, in system: any CodeSystem) async throws -> CodeSystemConcept {
        guard let concept = try await system.concept(code) else {
            throw TerminologyError(
                .unknownCode, "The code system \(system.header.canonical) has no code '\(code)'.")
        }
        return concept
    }

    /// The codes of a value set for a search: at most so many, and systems as a whole.
    package func conceptSet(of canonical: String) async throws -> ConceptSet {
        let definition = try await valueSet(canonical)
        return try await evaluation().conceptSet(of: definition, path: [canonical])
    }
}
