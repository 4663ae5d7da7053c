package import FHIRSearch
package import PostgreSQL

/// Knows which codes a value set holds and what a code subsumes: what `:in`, `:not-in`, `:above` and `:below` ask
/// (R4 search.html#token).
package protocol ConceptResolver: Sendable {
    /// The codes that a query stands for.
    ///
    /// - Parameter session: within a transaction, so that its own writes are seen; nil for the shared lanes.
    /// - Throws: `SearchError` for value sets and code systems that nobody knows or that are too large.
    func concepts(_ query: SearchValue.ConceptQuery, in session: Session?) async throws -> ConceptSet
}

/// A code in its system.
package struct Concept: Hashable, Sendable {
    package var system: String
    package var code: String

    package init(system: String, code: String) {
        self.system = system
        self.code = code
    }
}

/// Single codes, and systems of which every code belongs.
package struct ConceptSet: Hashable, Sendable {
    package var concepts: Set<Concept> = []
    package var systems: Set<String> = []

    package init(concepts: Set<Concept> = [], systems: Set<String> = []) {
        self.concepts = concepts
        self.systems = systems
    }

    package func contains(_ concept: Concept) -> Bool {
        concepts.contains(concept) || systems.contains(concept.system)
    }

    mutating func formUnion(_ other: ConceptSet) {
        concepts.formUnion(other.concepts)
        systems.formUnion(other.systems)
    }

    func intersection(_ other: ConceptSet) -> ConceptSet {
        ConceptSet(
            concepts: concepts.filter(other.contains).union(other.concepts.filter(contains)),
            systems: systems.intersection(other.systems))
    }
}
