import FHIRDefinitions
package import FHIRSearch
package import FHIRTerminology
package import PostgreSQL

/// Answers questions about codes from what is stored here and from what the standard brings along, and remembers what
/// it has worked out.
package final class TerminologyService: Sendable {
    let database: Database
    let tables: TableCatalog
    let indexer: SearchIndexer
    let statements = SearchStatements()
    let cache = TerminologyCache()

    package init(database: Database, tables: TableCatalog, indexer: SearchIndexer) {
        self.database = database
        self.tables = tables
        self.indexer = indexer
    }

    /// - Parameter session: within a transaction, so that its own writes are seen; nil for the shared lanes.
    package func terminology(in session: Session? = nil) -> Terminology {
        Terminology(source: StoredTerminologySource(service: self, session: session))
    }

    /// The codes of a value set that is stored, or known by its canonical, or a page of them.
    ///
    /// All codes are worked out once; as long as none of the resources changes that they come from, further pages and
    /// filters are cut from those.
    package func expand(
        _ canonical: String, _ wish: ExpansionWish, in session: Session? = nil
    ) async throws -> (definition: ValueSetDefinition, expansion: Expansion) {
        let terminology = terminology(in: session)
        let source = StoredTerminologySource(service: self, session: session)
        let definition = try await terminology.valueSet(canonical)
        let key = try await source.resolve("ValueSet", canonical)?.key
        guard let key, session == nil, wish.systemVersions.isEmpty, wish.excludedSystems.isEmpty,
            try await !terminology.isPageOfLargeSystem(definition)
        else { return (definition, try await terminology.expand(definition, wish)) }
        let whole: WholeExpansion
        do {
            whole = try await self.whole(definition, key, source)
        } catch let error as TerminologyError where error.code == .tooCostly && wish.filter != nil {
            return (definition, try await terminology.expand(definition, wish))
        }
        return (definition, try await terminology.expand(definition, wish, whole: whole))
    }

    /// URLs and versions of the code systems that are stored here or were loaded from files, each once, sorted; of the
    /// first thousand.
    package func storedCodeSystems() async throws -> [(url: String, version: String?)] {
        var sources = ["SELECT url, version FROM code_system WHERE is_ready"]
        if let type = indexer.definitions.resourceType(named: "CodeSystem"), tables.types.contains(type) {
            sources.append(
                """
                SELECT content->>'url', content->>'version' FROM \(tables.table(type).current)
                WHERE content->>'content' = 'complete'
                """)
        }
        let statement = statements.statement("\(sources.joined(separator: " UNION ")) ORDER BY 1, 2 LIMIT 1000")
        do {
            let rows = try await database.read(statement)
            return (0..<rows.rowCount).compactMap { row in
                rows.string(row, 0).map { ($0, rows.string(row, 1)) }
            }
        } catch let error as PostgreSQLError {
            throw StoreError(error)
        }
    }

    private func whole(
        _ definition: ValueSetDefinition, _ key: TerminologyCache.Key, _ source: StoredTerminologySource
    ) async throws -> WholeExpansion {
        if let kept = cache.expansion(key), try await isCurrent(kept, source) { return kept.whole }
        let log = ResolutionLog()
        let logged = StoredTerminologySource(service: self, session: nil, log: log)
        let whole = try await Terminology(source: logged).whole(definition)
        cache.keep(TerminologyCache.KeptExpansion(whole: whole, resolved: log.entries), for: key)
        return whole
    }

    private func isCurrent(
        _ kept: TerminologyCache.KeptExpansion, _ source: StoredTerminologySource
    ) async throws -> Bool {
        for (question, key) in kept.resolved
        where try await source.resolve(question.type, question.canonical)?.key != key { return false }
        return true
    }
}
