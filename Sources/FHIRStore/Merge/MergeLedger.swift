import PostgreSQL

/// Rows of the merge ledger, within a transaction.
struct MergeLedger: Sendable {
    let session: Session

    struct Entry: Sendable, Hashable {
        var id: Int64
        var survivor: String
    }

    struct Change: Sendable, Hashable {
        var type: String
        var id: String
        var versionBefore: Int
        var versionAfter: Int
        /// Elements that hold the reference, such as `subject` or `participant[1].individual`.
        var paths: [String]
    }

    /// Opens an entry and answers its number.
    func open(type: String, survivor: String, prior: String, cause: String, at time: Int64) async throws -> Int64 {
        var parameters = SQLParameters()
        for text in [type, survivor, prior, cause] { parameters.append(text: text) }
        parameters.append(timestamp: time)
        guard let id = try await session.query(Self.insert, parameters).int64(0, 0) else {
            throw StoreError(.fault, "the merge ledger gave no number")
        }
        return id
    }

    func add(_ changes: [Change], to merge: Int64) async throws {
        guard !changes.isEmpty else { return }
        var parameters = SQLParameters()
        parameters.append(int64: merge)
        parameters.append(textArray: changes.map(\.type))
        parameters.append(textArray: changes.map(\.id))
        parameters.append(int32Array: changes.map { Int32($0.versionBefore) })
        parameters.append(int32Array: changes.map { Int32($0.versionAfter) })
        // Paths hold no blanks.
        parameters.append(textArray: changes.map { $0.paths.joined(separator: " ") })
        _ = try await session.query(Self.insertChanges, parameters)
    }

    /// The entry by which this record is merged now; locked. Nil if it is not.
    func live(type: String, prior: String) async throws -> Entry? {
        var parameters = SQLParameters()
        parameters.append(text: type)
        parameters.append(text: prior)
        let rows = try await session.query(Self.findLive, parameters)
        guard rows.rowCount > 0, let id = rows.int64(0, 0), let survivor = rows.string(0, 1) else { return nil }
        return Entry(id: id, survivor: survivor)
    }

    /// Whom the entry of this number merged.
    func prior(of number: Int64, type: String) async throws -> String? {
        var parameters = SQLParameters()
        parameters.append(int64: number)
        parameters.append(text: type)
        let rows = try await session.query(Self.findPrior, parameters)
        return rows.rowCount > 0 ? rows.string(0, 0) : nil
    }

    /// The newest change last.
    func changes(of merge: Int64) async throws -> [Change] {
        var parameters = SQLParameters()
        parameters.append(int64: merge)
        let rows = try await session.query(Self.findChanges, parameters)
        return (0..<rows.rowCount).map { row in
            Change(
                type: rows.string(row, 0) ?? "", id: rows.string(row, 1) ?? "",
                versionBefore: Int(rows.int64(row, 2) ?? 0), versionAfter: Int(rows.int64(row, 3) ?? 0),
                paths: (rows.string(row, 4) ?? "").split(separator: " ").map(String.init))
        }
    }

    func close(_ merge: Int64, at time: Int64) async throws {
        var parameters = SQLParameters()
        parameters.append(int64: merge)
        parameters.append(timestamp: time)
        _ = try await session.query(Self.markUndone, parameters)
    }

    private static let insert = SQLStatement(
        """
        INSERT INTO record_merge (type, survivor, prior, cause, merged)
        VALUES ($1::text, $2::text, $3::text, $4::text, $5::timestamptz) RETURNING id
        """)
    private static let insertChanges = SQLStatement(
        """
        INSERT INTO record_merge_change (merge, type, id, version_before, version_after, paths)
        SELECT $1::bigint, t, i, b, a, string_to_array(p, ' ')
        FROM unnest($2::text[], $3::text[], $4::int4[], $5::int4[], $6::text[]) c (t, i, b, a, p)
        """)
    private static let findLive = SQLStatement(
        """
        SELECT id, survivor FROM record_merge WHERE type = $1::text AND prior = $2::text AND undone IS NULL FOR UPDATE
        """)
    private static let findPrior = SQLStatement(
        "SELECT prior FROM record_merge WHERE id = $1::bigint AND type = $2::text AND undone IS NULL")
    private static let findChanges = SQLStatement(
        """
        SELECT type, id, version_before::bigint, version_after::bigint, array_to_string(paths, ' ')
        FROM record_merge_change WHERE merge = $1::bigint ORDER BY seq
        """)
    private static let markUndone = SQLStatement(
        "UPDATE record_merge SET undone = $2::timestamptz WHERE id = $1::bigint")
}
