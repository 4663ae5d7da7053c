package import FHIRSearch
package import FHIRTerminology
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
