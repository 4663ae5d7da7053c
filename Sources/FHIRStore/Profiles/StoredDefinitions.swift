import FHIRDefinitions
import FHIRFormats
import FHIRProfiles
import FHIRSearch
import JSONTape
import PostgreSQL

/// Reads definitions by their canonicals, and what StructureDefinitions build on.
struct StoredDefinitions {
    let database: Database
    let tables: TableCatalog
    let indexer: SearchIndexer
    let statements: SearchStatements
    let session: Session?

    /// Most definitions that are read for one question; what is beyond counts as unknown.
    private static let greatestCount = 1_000
    /// Most resources of the URLs of one round that are looked at.
    private static let greatestRowCount: Int64 = 2_000

    /// The definitions that canonicals name and all that those build on; nil for what is not known. Those of the
    /// standard are left out. Two round trips for each level.
    /// - Parameter known: what need not be read.
    func closure(
        of canonicals: [CanonicalURL], known: (CanonicalURL) -> ProfileEntry?
    ) async throws -> (found: [(CanonicalURL, JSONNode?)], known: [CanonicalURL: ProfileEntry]) {
        let type = indexer.definitions.resourceType(named: "StructureDefinition")
        var found: [(CanonicalURL, JSONNode?)] = []
        var kept: [CanonicalURL: ProfileEntry] = [:]
        var seen: Set<CanonicalURL> = []
        var round = canonicals
        while !round.isEmpty, found.count < Self.greatestCount {
            var wanted: [CanonicalURL] = []
            while let canonical = round.popLast() {
                guard seen.insert(canonical).inserted, !StandardStructures.r4.contains(canonical) else { continue }
                if let entry = known(canonical) {
                    kept[canonical] = entry
                    round += entry.dependencies
                } else {
                    wanted.append(canonical)
                }
            }
            guard !wanted.isEmpty else { break }
            let definitions = try await read(wanted, type)
            for canonical in wanted {
                let definition = definitions[canonical]
                found.append((canonical, definition))
                if let definition { round += SnapshotGenerator.dependencies(of: definition) }
            }
        }
        return (found, kept)
    }

    /// The resources of a type that canonicals mean.
    func read(_ canonicals: [CanonicalURL], _ type: TypeID?) async throws -> [CanonicalURL: JSONNode] {
        guard let type, tables.contains(type) else { return [:] }
        let ids = try await choose(canonicals, type)
        guard !ids.isEmpty else { return [:] }
        var parameters = SQLParameters()
        parameters.append(textArray: Set(ids.values).sorted())
        let rows = try await database.read(tables.reads(type).readAll, parameters, in: session)
        var byID: [String: JSONNode] = [:]
        for row in 0..<rows.rowCount {
            let version = StoredVersion(type: type, row: row, of: rows)
            if let content = version.content { byID[version.stamp.id] = JSONNode(try Document.parse(content)) }
        }
        return ids.compactMapValues { byID[$0] }
    }

    /// The ids of the resources that canonicals mean.
    private func choose(_ canonicals: [CanonicalURL], _ type: TypeID) async throws -> [CanonicalURL: String] {
        let predicate = indexer.predicate("url", uris: Set(canonicals.map(\.url)).sorted(), type: type)
        var writer = PredicateWriter(tables: tables)
        let table = tables.table(type)
        let conditions = writer.conditions(predicate, table, alias: "t")
        let text = """
            SELECT t.id, t.content->>'url', t.content->>'version', t.content->>'status',
              \(WriteStatements.micros("t.updated"))
            FROM \(table.current) t WHERE \(conditions.joined(separator: " AND "))
            LIMIT \(writer.bind(int64: Self.greatestRowCount))
            """
        let rows = try await database.read(statements.statement(text), writer.parameters, in: session)
        var byURL: [String: [(id: String, version: String?, rank: DefinitionRank)]] = [:]
        for row in 0..<rows.rowCount {
            guard let id = rows.string(row, 0), let url = rows.string(row, 1) else { continue }
            let version = rows.string(row, 2)
            let rank = DefinitionRank(
                status: rows.string(row, 3), version: version, updated: rows.int64(row, 4) ?? 0)
            byURL[url, default: []].append((id, version, rank))
        }
        var chosen: [CanonicalURL: String] = [:]
        for canonical in canonicals {
            let candidates = byURL[canonical.url]?.filter { candidate in
                canonical.version == nil || candidate.version == canonical.version
            }
            chosen[canonical] = candidates?.max { $0.rank < $1.rank }?.id
        }
        return chosen
    }
}
