import FHIRDefinitions
import FHIRSearch
import PostgreSQL

/// `$everything` (R4 operation-patient-everything.html): a compartment and what its resources need to be understood.
extension FHIRStore {
    /// One page. It holds no more than `request.count` resources; none is empty but the only one of an empty result.
    ///
    /// Round trips: the rows of the page, their contents, then on the last pages one for the references and one for
    /// each step that they lead outwards. None is made per type or per resource.
    package func everything(_ request: EverythingRequest) async throws -> EverythingPage {
        let scope = EverythingScope(request.focus, indexer: preparer.indexer, tables: tables)
        return try await translating {
            try await withSession { session in
                try await EverythingWalk(request, scope, self, session).page()
            }
        }
    }
}

/// Reads one page of `$everything`.
private struct EverythingWalk {
    let request: EverythingRequest
    let scope: EverythingScope
    let store: FHIRStore
    let session: Session

    init(_ request: EverythingRequest, _ scope: EverythingScope, _ store: FHIRStore, _ session: Session) {
        self.request = request
        self.scope = scope
        self.store = store
        self.session = session
    }

    func page() async throws -> EverythingPage {
        var page = EverythingPage()
        if case .supporting(let typeName, let id) = request.position {
            try await addSupporting(to: &page, after: (typeName, id), from: try await allReferences())
            return page
        }
        let rows = try await rows()
        let isLast = rows.count <= request.count
        page.matches = try await contents(rows.prefix(request.count))
        if !isLast, let last = rows.prefix(request.count).last {
            let typeName = scope.branches[last.number].table.typeName
            page.next = .compartment(typeName: typeName, rid: last.rid)
            return page
        }
        let isWhole = request.position == nil
        if isWhole { page.total = page.matches.count }
        // Where the page holds the whole compartment, the references need not be asked for.
        let references =
            isWhole && request.types == nil
            ? LocalReferences.texts(in: page.matches) : try await allReferences()
        try await addSupporting(to: &page, after: nil, from: references)
        return page
    }

    // MARK: - The compartment

    private typealias Row = (number: Int, rid: Int64)

    private func rows() async throws -> [Row] {
        let numbers = scope.branches.indices.filter { request.types?.contains(scope.branches[$0].table.type) ?? true }
        guard !numbers.isEmpty else { return [] }
        var start: Row?
        if case .compartment(let typeName, let rid) = request.position {
            guard let number = scope.branches.firstIndex(where: { $0.table.typeName == typeName }) else {
                throw SearchError(.invalidCursor, "The page link does not belong to this operation.")
            }
            start = (number, rid)
        }
        var sql = EverythingSQL(request, scope)
        let text = sql.page(of: numbers, after: start.map { ($0.number, $0.rid) }, limit: request.count + 1)
        let result = try await session.query(store.everythingStatements.statement(text), sql.parameters)
        return (0..<result.rowCount).map { (Int(result.int64($0, 0) ?? 0), result.int64($0, 1) ?? 0) }
    }

    private func contents(_ rows: ArraySlice<Row>) async throws -> [StoredVersion] {
        var byBranch: [(number: Int, rids: [Int64])] = []
        for row in rows {
            if byBranch.last?.number != row.number { byBranch.append((row.number, [])) }
            byBranch[byBranch.count - 1].rids.append(row.rid)
        }
        let queries = byBranch.map { branch in
            var parameters = SQLParameters()
            parameters.append(int64Array: branch.rids)
            let text = """
                SELECT \(ReadStatements.columns) FROM \(scope.branches[branch.number].table.current) t
                WHERE t.rid = ANY($1::bigint[]) ORDER BY t.rid
                """
            return (store.everythingStatements.statement(text), parameters)
        }
        let results = try await session.queries(queries)
        return zip(byBranch, results).flatMap { branch, result in
            (0..<result.rowCount).map { row in
                StoredVersion(type: scope.branches[branch.number].table.type, row: row, of: result)
            }
        }
    }

    // MARK: - Supporting resources

    /// Types that supporting resources may have, all but those that the client left out.
    private func isWanted(_ type: TypeID) -> Bool {
        (request.types?.contains(type) ?? true) && scope.maySupport(type)
    }

    /// What the whole compartment refers to.
    private func allReferences() async throws -> [String] {
        if let types = request.types, !types.contains(where: { scope.maySupport($0) }) { return [] }
        // A group without patients has no compartment.
        if scope.branches.isEmpty { return [] }
        let limit = Self.greatestReferenceCount
        var sql = EverythingSQL(request, scope)
        let text = sql.references(limit: limit + 1)
        let result = try await session.query(store.everythingStatements.statement(text), sql.parameters)
        guard result.rowCount <= limit else {
            throw StoreError(.tooLarge, "the resources refer to more than \(limit) others; ask for fewer patients")
        }
        return (0..<result.rowCount).compactMap { result.string($0, 0) }
    }

    private static let greatestReferenceCount = 200_000
    /// Steps outwards: a role's organisation, its parent, the parent's parent.
    private static let greatestStepCount = 4

    private func addSupporting(
        to page: inout EverythingPage, after start: (typeName: String, id: String)?, from references: [String]
    ) async throws {
        let all = try await supporting(references)
        var rest = all[...]
        if let start {
            rest = rest.drop { ($0.typeName, $0.id) <= (start.typeName, start.id) }
        }
        let room = request.count - page.matches.count
        let slice = rest.prefix(room)
        page.included = try await store.current(slice.map(\.reference), in: session)
        guard rest.count > slice.count else { return }
        page.next =
            slice.last.map { .supporting(typeName: $0.typeName, id: $0.id) } ?? .supporting(typeName: "", id: "")
    }

    private struct Supporting {
        var typeName: String
        var reference: SearchIndexer.LocalReference
        var id: String { reference.id }
    }

    /// All supporting resources by type and id. Those of a patient's compartment (an encounter's conditions) are taken,
    /// but not what they lead to: step by step that would be the whole chart.
    private func supporting(_ texts: [String]) async throws -> [Supporting] {
        var seen: Set<SearchIndexer.LocalReference> = []
        var found: [Supporting] = []
        var level = LocalReferences.resolve(texts, store.preparer.indexer)
        for _ in 0..<Self.greatestStepCount {
            let fresh = level.filter {
                scope.maySupport($0.type) && store.tables.contains($0.type) && seen.insert($0).inserted
            }
            if fresh.isEmpty { break }
            let byType = Dictionary(grouping: fresh, by: \.type).sorted { $0.key < $1.key }
            let queries = byType.map { type, references in
                var sql = EverythingSQL(request, scope)
                let text = sql.supporting(type, store.tables.table(type), ids: references.map(\.id))
                return (store.everythingStatements.statement(text), sql.parameters)
            }
            level = []
            for ((type, _), result) in zip(byType, try await session.queries(queries)) {
                for row in 0..<result.rowCount {
                    let reference = SearchIndexer.LocalReference(type: type, id: result.string(row, 0) ?? "")
                    if isWanted(type) {
                        found.append(Supporting(typeName: store.definitions.name(of: type), reference: reference))
                    }
                    guard !scope.isInCharts(type), let json = result.bytes(row, 1) else { continue }
                    level += LocalReferences.resolve(LocalReferences.items(json), store.preparer.indexer)
                }
            }
        }
        return found.sorted { ($0.typeName, $0.id) < ($1.typeName, $1.id) }
    }
}
