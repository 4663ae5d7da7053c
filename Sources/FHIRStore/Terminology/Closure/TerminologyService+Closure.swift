package import FHIRTerminology
import PostgreSQL

/// Entries of a closure table, and the version of the table that holds them.
package struct ClosureUpdate: Sendable {
    package var version: Int
    package var entries: [ClosureEntry]
}

/// Closure tables: which of the concepts that a client has added are kinds of which
/// (R4 conceptmap-operation-closure.html).
///
/// A table counts its versions. Each addition that brings something new makes one; a table that begins anew counts on,
/// so that no client takes entries of a new table for those of an old one.
extension TerminologyService {
    /// Concepts that may come at once, and that one table may have.
    private static let greatestAddition = 10_000
    private static let greatestConceptCount = 100_000
    /// Entries in one answer.
    private static let greatestEntryCount = 1_000_000
    /// Longest name of a table, and longest system and code together, in bytes: what an index can hold.
    private static let greatestNameByteCount = 1_000

    /// Begins a table, or empties the one of this name.
    package func beginClosure(_ name: String) async throws -> ClosureUpdate {
        try Self.checkLength(name)
        var parameters = SQLParameters()
        parameters.append(text: name)
        let begin = parameters
        return try await translating {
            try await database.transaction { session in
                let row = try await session.query(Self.begin, begin)
                var table = SQLParameters()
                table.append(int64: row.int64(0, 0) ?? 0)
                _ = try await session.queries([(Self.forgetEntries, table), (Self.forgetConcepts, table)])
                return ClosureUpdate(version: Int(row.int64(0, 1) ?? 0), entries: [])
            }
        }
    }

    /// Adds concepts to a table and returns the entries that they bring; given a version, all entries since that.
    ///
    /// - Throws: `TerminologyError` for a table, a system or a code that is not known, and for a version that the table
    ///   has not had since it began.
    package func extendClosure(
        _ name: String, by concepts: [CodingQuestion], since version: Int?
    ) async throws -> ClosureUpdate {
        try Self.check(concepts)
        var parameters = SQLParameters()
        parameters.append(text: name)
        let find = parameters
        return try await translating {
            try await database.transaction { session in
                // Locked, so that additions at once come one after the other and see each other's concepts.
                let row = try await session.query(Self.find, find)
                guard row.rowCount > 0, let id = row.int64(0, 0), let first = row.int64(0, 1),
                    let current = row.int64(0, 2)
                else {
                    throw TerminologyError(
                        .unknownClosureTable, "There is no closure table of this name: begin it with its name alone.")
                }
                if let version { try Self.check(version, first: Int(first), current: Int(current)) }
                let growth = try await self.growth(of: id, by: concepts, session)
                let isNew = !growth.concepts.isEmpty
                if isNew { try await add(growth, to: id, version: current + 1, session) }
                var update = ClosureUpdate(version: Int(current) + (isNew ? 1 : 0), entries: growth.entries)
                if let version { update.entries = try await entries(of: id, since: version, session) }
                return update
            }
        }
    }

    // MARK: - Checks

    private static func checkLength(_ text: String) throws {
        guard text.utf8.count <= greatestNameByteCount else {
            throw TerminologyError(
                .invalidRequest, "A closure table's names and codes have at most \(greatestNameByteCount) bytes.")
        }
    }

    private static func check(_ concepts: [CodingQuestion]) throws {
        guard concepts.count <= greatestAddition else {
            throw TerminologyError(.tooCostly, "At most \(greatestAddition) concepts are added at once.")
        }
        for concept in concepts { try checkLength(concept.system + concept.code) }
    }

    /// Version 0 is before all entries.
    private static func check(_ version: Int, first: Int, current: Int) throws {
        guard version == 0 || version >= first else {
            throw TerminologyError(
                .invalidRequest,
                "The closure table began anew with version \(first); ask for all of its entries by version 0.")
        }
        guard version <= current else {
            throw TerminologyError(.invalidRequest, "The closure table has had no version after \(current).")
        }
    }

    // MARK: - Rows

    private func growth(
        of table: Int64, by concepts: [CodingQuestion], _ session: Session
    ) async throws -> ClosureGrowth {
        guard !concepts.isEmpty else { return ClosureGrowth() }
        var parameters = SQLParameters()
        parameters.append(int64: table)
        let rows = try await session.query(Self.concepts, parameters)
        var known: Set<Concept> = []
        for row in 0..<rows.rowCount {
            if let system = rows.string(row, 0), let code = rows.string(row, 1) {
                known.insert(Concept(system: system, code: code))
            }
        }
        let growth = try await terminology(in: session).closureGrowth(by: concepts, known: known)
        guard known.count + growth.concepts.count <= Self.greatestConceptCount else {
            throw TerminologyError(
                .tooCostly, "A closure table has at most \(Self.greatestConceptCount) concepts.")
        }
        return growth
    }

    private func add(_ growth: ClosureGrowth, to table: Int64, version: Int64, _ session: Session) async throws {
        var concepts = SQLParameters()
        concepts.append(int64: table)
        var entries = concepts
        concepts.append(textArray: growth.concepts.map(\.system))
        concepts.append(textArray: growth.concepts.map(\.code))
        entries.append(int64: version)
        let step = entries
        entries.append(textArray: growth.entries.map(\.system))
        entries.append(textArray: growth.entries.map(\.code))
        entries.append(textArray: growth.entries.map(\.ancestor))
        _ = try await session.queries([
            (Self.addConcepts, concepts), (Self.addEntries, entries), (Self.setVersion, step),
        ])
    }

    private func entries(of table: Int64, since version: Int, _ session: Session) async throws -> [ClosureEntry] {
        var parameters = SQLParameters()
        parameters.append(int64: table)
        parameters.append(int64: Int64(version))
        parameters.append(int64: Int64(Self.greatestEntryCount + 1))
        let rows = try await session.query(Self.entries, parameters)
        guard rows.rowCount <= Self.greatestEntryCount else {
            throw TerminologyError(
                .tooCostly, "More than \(Self.greatestEntryCount) entries are meant; ask from a later version on.")
        }
        return (0..<rows.rowCount).map { row in
            ClosureEntry(
                system: rows.string(row, 0) ?? "", code: rows.string(row, 1) ?? "", ancestor: rows.string(row, 2) ?? "")
        }
    }

    private func translating<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch let error as PostgreSQLError {
            throw StoreError(error)
        }
    }

    // MARK: - Statements

    private static let begin = SQLStatement(
        """
        INSERT INTO closure_table AS t (name, first_version, version) VALUES ($1::text, 1, 1)
        ON CONFLICT (name) DO UPDATE SET first_version = t.version + 1, version = t.version + 1, updated = now()
        RETURNING id::bigint, version::bigint
        """)
    private static let find = SQLStatement(
        """
        SELECT id::bigint, first_version::bigint, version::bigint FROM closure_table WHERE name = $1::text FOR UPDATE
        """)
    private static let concepts = SQLStatement(
        "SELECT system, code FROM closure_concept WHERE closure = $1::bigint")
    private static let addConcepts = SQLStatement(
        """
        INSERT INTO closure_concept (closure, system, code)
        SELECT $1::bigint, * FROM unnest($2::text[], $3::text[])
        """)
    private static let addEntries = SQLStatement(
        """
        INSERT INTO closure_entry (closure, version, number, system, code, ancestor)
        SELECT $1::bigint, $2::bigint, e.number, e.system, e.code, e.ancestor
        FROM unnest($3::text[], $4::text[], $5::text[]) WITH ORDINALITY AS e(system, code, ancestor, number)
        """)
    private static let setVersion = SQLStatement(
        "UPDATE closure_table SET version = $2::bigint, updated = now() WHERE id = $1::bigint")
    private static let entries = SQLStatement(
        """
        SELECT system, code, ancestor FROM closure_entry
        WHERE closure = $1::bigint AND version > $2::bigint ORDER BY version, number LIMIT $3::bigint
        """)
    private static let forgetEntries = SQLStatement("DELETE FROM closure_entry WHERE closure = $1::bigint")
    private static let forgetConcepts = SQLStatement("DELETE FROM closure_concept WHERE closure = $1::bigint")
}
