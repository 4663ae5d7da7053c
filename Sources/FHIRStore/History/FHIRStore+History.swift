import FHIRDefinitions
import FHIRFormats
import PostgreSQL

extension FHIRStore {
    /// One page of the history of an instance, a type or the whole system (R4 http#history).
    ///
    /// Throws `StoreError` with `.notFound` for an instance that never was.
    package func history(_ request: HistoryRequest) async throws -> HistoryPage {
        let types = historyTypes(request.scope)
        let query = HistoryQuery(request: request, tables: types.map { tables.table($0) })
        let result = try await translating {
            // Not the read lane: a history over all types is one long statement to plan.
            try await withSession { session in
                try await session.query(SQLStatement(query.text, isPrepared: false), query.parameters)
            }
        }
        var versions: [StoredVersion] = []
        for row in 0..<min(result.rowCount, request.count) {
            let type = types[Int(result.int64(row, 0) ?? 0)]
            versions.append(StoredVersion(type: type, row: row, of: result, from: 1))
        }
        let hasMore = result.rowCount > request.count
        if versions.isEmpty, case .instance(let type, let id) = request.scope {
            try await requireKnown(type, id: id)
        }
        return HistoryPage(
            versions: versions, total: try await total(request, isComplete: !hasMore, count: versions.count),
            next: hasMore ? versions.last.map(cursor) : nil)
    }

    private func cursor(_ version: StoredVersion) -> HistoryCursor {
        HistoryCursor(
            updated: version.stamp.updated, typeName: definitions.name(of: version.type), id: version.stamp.id,
            version: version.stamp.version)
    }

    private func historyTypes(_ scope: HistoryRequest.Scope) -> [TypeID] {
        switch scope {
        case .instance(let type, _), .type(let type): [type]
        case .system(let types): types ?? tables.types
        }
    }

    private func requireKnown(_ type: TypeID, id: String) async throws {
        let reads = tables.reads(type)
        for statement in [reads.read, reads.lastVersion] {
            let found = try await translating { try await query(statement, Self.parameters(id)) }
            if found.rowCount > 0 { return }
        }
        throw StoreError(.notFound, "\(definitions.name(of: type))/\(id) is not known")
    }

    /// Counts where that is cheap: on a page that holds everything, and for one instance.
    private func total(_ request: HistoryRequest, isComplete: Bool, count: Int) async throws -> Int? {
        if isComplete, request.cursor == nil { return count }
        guard case .instance(let type, let id) = request.scope, request.since == nil, request.at == nil else {
            return nil
        }
        let table = tables.table(type)
        let statement = SQLStatement(
            """
            SELECT (SELECT count(*) FROM \(table.current) WHERE id = $1::text)
              + (SELECT count(*) FROM \(table.history) WHERE id = $1::text)
            """)
        let result = try await translating { try await query(statement, Self.parameters(id)) }
        return result.int64(0, 0).map(Int.init)
    }
}
