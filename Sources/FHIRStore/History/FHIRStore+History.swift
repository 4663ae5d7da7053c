import FHIRDefinitions
import FHIRFormats
import PostgreSQL

extension FHIRStore {
    /// One page of the history of an instance, a type or the whole system (R4 http#history).
    ///
    /// Throws `StoreError` with `.notFound` for an instance that never was.
    package func history(_ request: HistoryRequest) async throws -> HistoryPage {
        let types = historyTypes(request.scope)
        let tables = types.map { self.tables.table($0) }
        func page(_ session: Session) async throws -> HistoryPage {
            if request.cursor != nil { return try await laterPage(request, types, tables, session) }
            return try await firstPage(request, types, tables, session)
        }
        // Not the read lane: a history over all types is one long statement to plan.
        let found = try await translating {
            if session != nil || request.cursor != nil { return try await withSession(page) }
            // Page and total are of the same moment.
            return try await database.transaction(isolation: .repeatableRead, page)
        }
        if found.total == 0, case .instance(let type, let id) = request.scope { try await requireKnown(type, id: id) }
        return found
    }

    /// Most versions that are counted for the total of a page; a request for the total alone counts all.
    private static let countingLimit = 100_000

    private func firstPage(
        _ request: HistoryRequest, _ types: [TypeID], _ tables: [ResourceTable], _ session: Session
    ) async throws -> HistoryPage {
        if request.count == 0 {
            return HistoryPage(total: try await total(request, tables, limit: nil, session).number)
        }
        let (versions, hasMore) = try await rows(request, types, tables, session)
        guard hasMore, let last = versions.last else { return HistoryPage(versions: versions, total: versions.count) }
        let (number, youngest) = try await total(request, tables, limit: Self.countingLimit + 1, session)
        let known = number > Self.countingLimit ? nil : number
        let next = cursor(beside: last, isBackward: false, bound: youngest ?? versions[0].stamp.updated, total: known)
        return HistoryPage(versions: versions, total: known, next: next)
    }

    private func laterPage(
        _ request: HistoryRequest, _ types: [TypeID], _ tables: [ResourceTable], _ session: Session
    ) async throws -> HistoryPage {
        guard let place = request.cursor else { return HistoryPage() }
        var (versions, hasMore) = try await rows(request, types, tables, session)
        if place.isBackward { versions.reverse() }
        var page = HistoryPage(versions: versions, total: place.total)
        func link(_ version: StoredVersion?, isBackward: Bool) -> HistoryCursor? {
            version.map { cursor(beside: $0, isBackward: isBackward, bound: place.bound, total: place.total) }
        }
        // One of the two directions is where the reader came from, so there is something.
        if hasMore || place.isBackward { page.next = link(versions.last, isBackward: false) }
        if hasMore || !place.isBackward { page.previous = link(versions.first, isBackward: true) }
        return page
    }

    private func rows(
        _ request: HistoryRequest, _ types: [TypeID], _ tables: [ResourceTable], _ session: Session
    ) async throws -> (versions: [StoredVersion], hasMore: Bool) {
        let query = HistoryQuery.page(request, tables: tables)
        let result = try await session.query(SQLStatement(query.text, isPrepared: false), query.parameters)
        let versions = (0..<min(result.rowCount, request.count)).map { row in
            StoredVersion(type: types[Int(result.int64(row, 0) ?? 0)], row: row, of: result, from: 1)
        }
        return (versions, result.rowCount > request.count)
    }

    private func total(
        _ request: HistoryRequest, _ tables: [ResourceTable], limit: Int?, _ session: Session
    ) async throws -> (number: Int, youngest: Instant?) {
        let query = HistoryQuery.total(request, tables: tables, limit: limit)
        let result = try await session.query(SQLStatement(query.text, isPrepared: false), query.parameters)
        return (
            Int(result.int64(0, 0) ?? 0), result.int64(0, 1).map { Instant(microsecondsSince1970: $0) }
        )
    }

    private func cursor(
        beside version: StoredVersion, isBackward: Bool, bound: Instant, total: Int?
    ) -> HistoryCursor {
        HistoryCursor(
            updated: version.stamp.updated, typeName: definitions.name(of: version.type), id: version.stamp.id,
            version: version.stamp.version, isBackward: isBackward, bound: bound, total: total)
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
}
