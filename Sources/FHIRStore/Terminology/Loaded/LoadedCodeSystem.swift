import FHIRTerminology
import JSONTape
import PostgreSQL

/// A code system in the tables of `CodeSystemTables`: every question is a statement, none goes through all concepts
/// one by one.
struct LoadedCodeSystem: CodeSystem {
    let id: Int64
    let header: CodeSystemHeader
    let database: Database
    /// Within a transaction; nil for connections of its own.
    let session: Session?

    static let find = SQLStatement(
        """
        SELECT id::bigint, url, version, name, language FROM code_system
        WHERE url = $1::text AND is_ready AND ($2::text IS NULL OR version = $2::text) ORDER BY loaded DESC LIMIT 1
        """)

    /// Reads a row of `find`.
    init(_ row: Int, of result: QueryResult, database: Database, session: Session?) {
        id = result.int64(row, 0) ?? 0
        header = CodeSystemHeader(
            url: result.string(row, 1) ?? "", version: result.string(row, 2), name: result.string(row, 3),
            language: result.string(row, 4), isLarge: true)
        self.database = database
        self.session = session
    }

    func concept(_ code: String) async throws -> CodeSystemConcept? {
        var query = SelectionSQL(system: id)
        let place = query.bind(text: code)
        let result = try await run("\(Self.columns) WHERE c.system = \(query.systemPlace) AND c.code = \(place)", query)
        guard result.rowCount > 0, let number = result.int64(0, 0) else { return nil }
        var concept = try Self.concept(0, of: result)
        var links = SelectionSQL(system: id)
        let own = links.bind(number: number)
        let found = try await run(
            """
            SELECT c.code, k.descendant = \(own) FROM code_system_kind k JOIN code_system_concept c
              ON c.system = k.system
              AND c.number = CASE WHEN k.descendant = \(own) THEN k.ancestor ELSE k.descendant END
            WHERE k.system = \(links.systemPlace) AND k.is_direct AND (k.descendant = \(own) OR k.ancestor = \(own))
            ORDER BY c.number LIMIT 1000
            """, links)
        for row in 0..<found.rowCount {
            guard let code = found.string(row, 0) else { continue }
            if found.bool(row, 1) == true { concept.parents.append(code) } else { concept.children.append(code) }
        }
        return concept
    }

    func select(_ selection: ConceptSelection) async throws -> SelectedConcepts {
        var query = SelectionSQL(system: id)
        let condition = try query.condition(selection)
        let count = try await run("SELECT count(*) FROM code_system_concept c WHERE \(condition)", query)
        let total = Int(count.int64(0, 0) ?? 0)
        guard total > selection.offset, selection.limit > 0 else { return SelectedConcepts(concepts: [], total: total) }
        let limit = query.bind(number: Int64(selection.limit))
        let offset = query.bind(number: Int64(selection.offset))
        let rows = try await run(
            "\(Self.columns) WHERE \(condition) ORDER BY c.number LIMIT \(limit) OFFSET \(offset)", query)
        return SelectedConcepts(
            concepts: try (0..<rows.rowCount).map { try Self.concept($0, of: rows) }, total: total)
    }

    func contains(_ code: String, filters: [ConceptFilter]) async throws -> Bool {
        var query = SelectionSQL(system: id)
        let condition = try query.condition(ConceptSelection(filters: filters, limit: 1))
        let place = query.bind(text: code)
        let result = try await run(
            "SELECT 1 FROM code_system_concept c WHERE c.code = \(place) AND \(condition)", query)
        return result.rowCount > 0
    }

    func isKind(_ descendant: String, of ancestor: String) async throws -> Bool {
        if descendant == ancestor { return true }
        let filter = ConceptFilter(property: "concept", op: .isA, value: ancestor)
        return try await contains(descendant, filters: [filter])
    }

    func kinds(of code: String, isUpward: Bool, limit: Int) async throws -> [String] {
        var query = SelectionSQL(system: id)
        let filter = ConceptFilter(property: "concept", op: isUpward ? .generalizes : .isA, value: code)
        let condition = try query.condition(ConceptSelection(filters: [filter], limit: limit))
        let most = query.bind(number: Int64(limit))
        let rows = try await run("SELECT c.code FROM code_system_concept c WHERE \(condition) LIMIT \(most)", query)
        let codes = (0..<rows.rowCount).compactMap { rows.string($0, 0) }
        return codes.isEmpty ? [code] : codes
    }

    // MARK: - Rows

    private static let columns =
        "SELECT c.number::bigint, c.code, c.display, c.is_inactive, c.content::text FROM code_system_concept c"

    /// `content` is `{"designation":[…],"property":[…]}`, as concepts of a CodeSystem have them.
    private static func concept(_ row: Int, of result: QueryResult) throws -> CodeSystemConcept {
        let content = JSONNode(try Document.parse(result.bytes(row, 4) ?? []))
        return CodeSystemConcept(
            code: result.string(row, 1) ?? "", display: result.string(row, 2), content: content,
            isInactive: result.bool(row, 3) ?? false)
    }

    /// Counting and sorting may take their time: never on a lane that others wait for.
    private func run(_ text: String, _ query: SelectionSQL) async throws -> QueryResult {
        let statement = SQLStatement(text, isPrepared: false)
        do {
            if let session { return try await session.query(statement, query.parameters) }
            return try await database.withSession { try await $0.query(statement, query.parameters) }
        } catch let error as PostgreSQLError {
            if error.code == .timeout || error.sqlState == "57014" {
                throw TerminologyError(.tooCostly, "The question takes too long for a system of this size; narrow it.")
            }
            throw StoreError(error)
        }
    }
}
