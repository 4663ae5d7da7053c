import FHIRDefinitions
import FHIRFormats
import FHIRSearch
import JSONTape
import PostgreSQL

/// Answers from the ValueSets and CodeSystems that are stored here, and from the value sets of the standard.
///
/// Reads them anew for every search, so that no answer is older than the last write.
struct StoredConceptResolver: ConceptResolver {
    let database: Database
    let tables: TableCatalog
    let indexer: SearchIndexer

    func concepts(_ query: SearchValue.ConceptQuery, in session: Session?) async throws -> ConceptSet {
        let source = Source(resolver: self, session: session)
        switch query {
        case .valueSet(let canonical):
            return try await ValueSetExpansion(source: source).concepts(of: canonical)
        case .below(let system, let code):
            return try await related(system, source) { $0.below(code) }
        case .above(let system, let code):
            return try await related(system, source) { $0.above(code) }
        }
    }

    private func related(
        _ system: String, _ source: Source, _ codes: (CodeSystemTree) -> Set<String>
    ) async throws -> ConceptSet {
        guard let tree = try await source.codeSystem(system) else { throw ValueSetExpansion.unknown(system) }
        let set = ConceptSet(concepts: Set(codes(tree).map { Concept(system: system, code: $0) }))
        try ValueSetExpansion.check(set)
        return set
    }

    private struct Source: ValueSetExpansion.Source {
        let resolver: StoredConceptResolver
        let session: Session?

        func valueSet(_ canonical: String) async throws -> JSONNode? {
            try await resolver.resource("ValueSet", canonical, session)
        }

        func codeSystem(_ url: String) async throws -> CodeSystemTree? {
            try await resolver.resource("CodeSystem", url, session).map(CodeSystemTree.init)
        }

        func knownValueSet(_ canonical: String) -> ConceptSet? {
            guard let codes = resolver.indexer.definitions.codes(ofValueSet: canonical) else { return nil }
            var set = ConceptSet()
            for group in codes.groups {
                set.concepts.formUnion(group.codes.map { Concept(system: group.system, code: $0) })
            }
            return set
        }
    }

    /// The resource of a url, perhaps with `|version`, or of `Type/id`; of several versions the one written last.
    private func resource(
        _ typeName: String, _ canonical: String, _ session: Session?
    ) async throws -> JSONNode? {
        guard let type = indexer.definitions.resourceType(named: typeName), tables.types.contains(type) else {
            return nil
        }
        let reader = indexer.canonicalPredicate(canonical, type: type)
        let query = SearchPlan.rows(reader.predicate, type: type, tables: tables, limit: 100)
        let statement = SQLStatement(query.text, isPrepared: false)
        let result: QueryResult
        do {
            result = try await database.read(statement, query.parameters, in: session)
        } catch let error as PostgreSQLError {
            throw StoreError(error)
        }
        var best: (version: StoredVersion, node: JSONNode)?
        for row in 0..<result.rowCount {
            let found = StoredVersion(type: type, row: row, of: result)
            guard let content = found.content else { continue }
            let node = JSONNode(try Document.parse(content))
            if let version = reader.version, node["version"]?.string != version { continue }
            if let known = best, known.version.stamp.updated >= found.stamp.updated { continue }
            best = (found, node)
        }
        return best?.node
    }
}
