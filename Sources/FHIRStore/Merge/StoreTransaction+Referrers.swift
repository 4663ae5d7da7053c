package import FHIRDefinitions
import FHIRSearch
import PostgreSQL

extension StoreTransaction {
    /// `Type` with the ids of the current resources that refer to this one by a reference parameter of R4.
    package func referrers(to type: TypeID, id: String) async throws -> [(type: TypeID, ids: [String])] {
        guard let statement = store.referrers.all(to: type) else { return [] }
        let hash = SearchIndexer.selfKey(typeName: store.definitions.name(of: type), id: id)
        var parameters = SQLParameters()
        parameters.append(int64Array: [Int64(bitPattern: hash)])
        let rows = try await session.query(statement, parameters)
        var ids: [String: Set<String>] = [:]
        for row in 0..<rows.rowCount {
            if let type = rows.string(row, 0), let id = rows.string(row, 1) { ids[type, default: []].insert(id) }
        }
        return ids.sorted { $0.key < $1.key }.compactMap { name, ids in
            store.definitions.resourceType(named: name).map { ($0, ids.sorted()) }
        }
    }

    /// The current versions, locked in the order of their ids until the transaction ends.
    package func lock(_ type: TypeID, ids: [String]) async throws -> [StoredVersion] {
        guard !ids.isEmpty else { return [] }
        var parameters = SQLParameters()
        parameters.append(textArray: ids)
        let rows = try await session.query(store.tables.reads(type).readAllForUpdate, parameters)
        return (0..<rows.rowCount).map { StoredVersion(type: type, row: $0, of: rows) }
    }
}
