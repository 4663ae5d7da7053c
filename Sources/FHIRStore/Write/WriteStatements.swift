import PostgreSQL
import Synchronization

/// The statements that write one resource type, in the variants that its index entries call for.
///
/// Every write is one statement (an update is preceded by a row lock in the same round trip), so that single
/// interactions can share a transaction in the write lane. Side tables appear in a variant only where the resource
/// has rows for them, which keeps the common case at one insert.
final class WriteStatements: Sendable {
    /// Which side tables a resource has rows for.
    struct SideTables: OptionSet, Hashable, Sendable {
        let rawValue: UInt8
        static let strings = SideTables(rawValue: 1)
        static let numbers = SideTables(rawValue: 2)
        static let ranges = SideTables(rawValue: 4)
        /// Those of the resources within.
        static let contained = SideTables(rawValue: 8)
    }

    let table: ResourceTable
    private let tenant: TenantSource
    /// What each write is given besides the resource.
    let companion: WriteCompanion
    private let creates: Mutex<[SideTables: SQLStatement]> = Mutex([:])
    private let rowCreates: Mutex<[SideTables: SQLStatement]> = Mutex([:])
    private let updates: Mutex<[SideTables: SQLStatement]> = Mutex([:])
    private let replacements: Mutex<[SideTables: SQLStatement]> = Mutex([:])
    private let reindexes: Mutex<[SideTables: SQLStatement]> = Mutex([:])
    /// Locks the current row, so that the statement behind it sees every row of whoever held the lock before.
    let lock: SQLStatement
    let delete: SQLStatement

    /// - Parameter tenant: which one what is new belongs to.
    init(table: ResourceTable, tenant: TenantSource, companion: WriteCompanion = .none) {
        self.table = table
        self.tenant = tenant
        self.companion = companion
        lock = SQLStatement("SELECT 1 FROM \(table.all) WHERE id = $1 FOR UPDATE")
        delete = SQLStatement(Self.deleteText(table, companion))
    }

    func create(_ sides: SideTables) -> SQLStatement {
        creates.withLock { cache in
            if let statement = cache[sides] { return statement }
            let statement = SQLStatement(createText(sides))
            cache[sides] = statement
            return statement
        }
    }

    /// See `createRowsText`.
    func createRows(_ sides: SideTables) -> SQLStatement {
        rowCreates.withLock { cache in
            if let statement = cache[sides] { return statement }
            let statement = SQLStatement(createRowsText(sides))
            cache[sides] = statement
            return statement
        }
    }

    func update(_ sides: SideTables) -> SQLStatement {
        updates.withLock { cache in
            if let statement = cache[sides] { return statement }
            let statement = SQLStatement(updateText(sides))
            cache[sides] = statement
            return statement
        }
    }

    /// See `replacementText`.
    func replacement(_ sides: SideTables) -> SQLStatement {
        replacements.withLock { cache in
            if let statement = cache[sides] { return statement }
            let statement = SQLStatement(replacementText(sides))
            cache[sides] = statement
            return statement
        }
    }

    func reindex(_ sides: SideTables) -> SQLStatement {
        reindexes.withLock { cache in
            if let statement = cache[sides] { return statement }
            let statement = SQLStatement(Self.reindexText(table, sides))
            cache[sides] = statement
            return statement
        }
    }

    // MARK: - Text

    /// The column and its value, for the end of both lists of an INSERT; empty where it is left out.
    func tenantPart(subject: String, keys: String) -> (column: String, value: String) {
        tenant.value(subject: subject, keys: keys).map { (", tenant", ", \($0)") } ?? ("", "")
    }

    /// Zero, or the failure of the statement where it would store entries of an earlier generation of search
    /// parameters than the one in force. See `FHIRStore.refreshSearchParameters`.
    static func guarding(_ generation: Int) -> String {
        """
        (SELECT CASE WHEN generation <= $\(generation)::int8 THEN 0 ELSE search_index_moved() END FROM search_index)
        """
    }

    /// `$1` id, `$2` updated, `$3` generation of the entries, then the companion, if there is one, and the columns of
    /// `columns`; side arrays follow.
    private func createText(_ sides: SideTables) -> String {
        let first = 4 + companion.parameterCount
        let own = tenantPart(subject: "$\(first + 1)::int8", keys: "$\(first + 2)::int8[]")
        let tenant = companion == .tenant ? (column: ", tenant", value: ", $4::text") : own
        let insert = """
            INSERT INTO \(table.all) (id, version, method, updated, \(Self.columns)\(tenant.column))
            VALUES ($1::text, 1 + \(Self.guarding(3)), 'C', $2::timestamptz, \(Self.values(from: first))\(tenant.value))
            """
        let note = companion.note(table, "SELECT 'C', $1::text, version FROM w", context: "$4::text")
        guard !sides.isEmpty || !note.isEmpty else { return insert }
        return "WITH w AS (\(insert) RETURNING rid, updated, version)"
            + Self.sideInserts(table, sides, from: first + Self.columnCount)
            + note + "\nSELECT rid FROM w"
    }

    /// `$1` id, `$2` updated, `$3` versions that `If-Match` allows or null, `$4` whether to create what is missing,
    /// `$5` method letter, `$6` whether an unchanged content makes no version, `$7` generation of the entries; then
    /// the companion, if there is one, columns and side arrays.
    ///
    /// Answers one row: what happened (`U`pdated, `C`reated, `S`ame, `X` version conflict), version, time; no row if
    /// the resource is missing and must not be created. If somebody else creates it in between, the primary key
    /// refuses the insert, and whoever runs the statement starts afresh (`StoreError.Code.stale`).
    private func updateText(_ sides: SideTables) -> String {
        let first = 8 + companion.contextCount
        let tenant = tenantPart(subject: "$\(first + 1)::int8", keys: "$\(first + 2)::int8[]")
        // Compared as text: to JSONB 1.0 and 1.00 are equal, in FHIR they are not (R4 datatypes.html#decimal).
        let content = "$\(first + 10)::jsonb::text"
        let exact = "$\(first + 11)::text"
        var text = """
            WITH o AS MATERIALIZED (
              SELECT rid, version, updated, method, content, exact, tenant FROM \(table.all) WHERE id = $1::text),
            m AS (SELECT * FROM o WHERE $3::int4[] IS NULL OR version = ANY ($3::int4[])),
            same AS (
              SELECT version, updated FROM m
              WHERE $6::bool AND content::text = \(content) AND exact IS NOT DISTINCT FROM \(exact)),
            ok AS (SELECT * FROM m WHERE NOT EXISTS (SELECT FROM same)),
            h AS (
              INSERT INTO \(table.allHistory) (id, version, updated, method, content, exact, tenant)
              SELECT $1::text, version, updated, method, content, exact, tenant FROM ok),
            u AS (
              UPDATE \(table.all) t
              SET version = ok.version + 1 + \(Self.guarding(7)), method = $5::text::"char",
                updated = greatest($2::timestamptz, ok.updated),
                (\(Self.columns)) = ROW (\(Self.values(from: first)))
              FROM ok WHERE t.rid = ok.rid RETURNING t.rid, t.version, t.updated),
            past AS (SELECT max(version) AS version FROM \(table.allHistory) WHERE id = $1::text),
            i AS (
              INSERT INTO \(table.all) (id, version, method, updated, \(Self.columns)\(tenant.column))
              SELECT $1::text, coalesce(past.version, 0) + 1 + \(Self.guarding(7)), $5::text::"char", $2::timestamptz,
                \(Self.values(from: first))\(tenant.value)
              FROM past
              WHERE $4::bool AND NOT EXISTS (SELECT FROM o)
              RETURNING rid, version, updated),
            w AS (
              SELECT rid, version, updated, 'U' AS result FROM u
              UNION ALL SELECT rid, version, updated, 'C' FROM i)
            """
        text += Self.sideDeletions(table, of: "ok")
        text += ",\n" + ContainedTable.deletion(table, of: "ok")
        text += Self.sideInserts(table, sides, from: first + Self.columnCount)
        text += companion.note(
            table,
            "SELECT result, $1::text, version FROM w UNION ALL SELECT 'S', $1::text, version FROM same",
            context: "$8::text")
        text += """

            SELECT result, version, \(Self.micros("updated")) FROM w
            UNION ALL SELECT 'S', version, \(Self.micros("updated")) FROM same
            UNION ALL SELECT 'X', version, \(Self.micros("updated")) FROM o WHERE NOT EXISTS (SELECT FROM m)
            """
        return text
    }

    /// An update of a row that the transaction has locked, to a content that differs: what `updateText` has to find out
    /// is known. `$1` id, `$2` updated, `$3` method letter, `$4` generation of the entries; then the companion, if
    /// there is one, columns and side arrays. Answers one row as the update does.
    private func replacementText(_ sides: SideTables) -> String {
        let first = 5 + companion.contextCount
        var text = """
            WITH h AS (
              INSERT INTO \(table.allHistory) (id, version, updated, method, content, exact, tenant)
              SELECT id, version, updated, method, content, exact, tenant FROM \(table.all) WHERE id = $1::text),
            w AS (
              UPDATE \(table.all) t
              SET version = t.version + 1 + \(Self.guarding(4)), method = $3::text::"char",
                updated = greatest($2::timestamptz, t.updated),
                (\(Self.columns)) = ROW (\(Self.values(from: first)))
              WHERE id = $1::text RETURNING t.rid, t.version, t.updated)
            """
        text += Self.sideDeletions(table, of: "w")
        // What the row held is gone from `w`.
        text += """
            ,
            o AS (SELECT rid, content FROM \(table.all) WHERE id = $1::text),
            \(ContainedTable.deletion(table, of: "o"))
            """
        text += Self.sideInserts(table, sides, from: first + Self.columnCount)
        text += companion.note(table, "SELECT 'U', $1::text, version FROM w", context: "$5::text")
        return text + "\nSELECT 'U', version, \(Self.micros("updated")) FROM w"
    }

    /// `$1` id, `$2` the version that was read; then what the content says, and side arrays. The content itself is not
    /// written again.
    private static func reindexText(_ table: ResourceTable, _ sides: SideTables) -> String {
        var text = """
            WITH w AS (
              UPDATE \(table.all) t SET (\(indexColumns)) = ROW (\(values(from: 3, count: indexColumnCount)))
              WHERE id = $1::text AND version = $2::int8 RETURNING t.rid, t.updated, t.content)
            """
        text += Self.sideDeletions(table, of: "w")
        text += ",\n" + ContainedTable.deletion(table, of: "w")
        return text + sideInserts(table, sides, from: 3 + indexColumnCount) + "\nSELECT rid FROM w"
    }

    /// `$1` id, `$2` updated, `$3` versions that `If-Match` allows or null; then the companion, if there is one.
    ///
    /// The row of the deletion keeps what the last version was found by, for who may learn that it was there.
    ///
    /// Answers one row as the update does, with `D` for deleted; none if there is no current version.
    private static func deleteText(_ table: ResourceTable, _ companion: WriteCompanion) -> String {
        """
        WITH o AS MATERIALIZED (
          SELECT rid, version, updated, method, content, exact, self, subj, keys, tenant
          FROM \(table.all) WHERE id = $1::text),
        ok AS (SELECT * FROM o WHERE $3::int4[] IS NULL OR version = ANY ($3::int4[])),
        h AS (
          INSERT INTO \(table.allHistory)
            (id, version, updated, method, content, exact, tenant, self, subj, keys)
          SELECT $1::text, version, updated, method, content, exact, tenant, NULL::bigint, NULL::bigint, NULL::bigint[]
          FROM ok
          UNION ALL
          SELECT $1::text, version + 1, greatest($2::timestamptz, updated), 'D', NULL, NULL, tenant, self, subj, keys
          FROM ok),
        d AS (DELETE FROM \(table.all) t USING ok WHERE t.rid = ok.rid),
        ds AS (DELETE FROM \(table.strings) s USING ok WHERE s.rid = ok.rid),
        dn AS (DELETE FROM \(table.numbers) s USING ok WHERE s.rid = ok.rid),
        dr AS (DELETE FROM \(table.ranges) s USING ok WHERE s.rid = ok.rid),
        \(ContainedTable.deletion(table, of: "ok"))\(companion.note(
            table, "SELECT 'D', $1::text, version + 1 FROM ok", context: "$4::text"))
        SELECT 'D', version + 1, \(micros("greatest($2::timestamptz, updated)")) FROM ok
        UNION ALL SELECT 'X', version, \(micros("updated")) FROM o WHERE NOT EXISTS (SELECT FROM ok)
        """
    }

    /// What is extracted from the content.
    private static let indexColumns = "self, subj, keys, date_lo, date_hi, vq, vq_hi, cq, cq_hi, words"
    private static let indexColumnCount = 10
    static let columns = indexColumns + ", content, exact"
    static let columnCount = 12

    /// SQL for a timestamp as microseconds since 1970, a form that needs no time zone to be read.
    static func micros(_ expression: String) -> String {
        "(extract(epoch FROM \(expression)) * 1000000)::bigint"
    }

    private static func values(from first: Int, count: Int = columnCount) -> String {
        let types = [
            "int8", "int8", "int8[]", "timestamptz", "timestamptz", "numeric", "numeric", "numeric",
            "numeric", "text", "jsonb", "text",
        ]
        return types.prefix(count).enumerated().map { "$\(first + $0.offset)::\($0.element)" }.joined(separator: ", ")
    }

    /// Parts of a `WITH` that delete the side rows of the rows of `source`.
    private static func sideDeletions(_ table: ResourceTable, of source: String) -> String {
        [table.strings, table.numbers, table.ranges].map { side in
            ",\nd_\(side.filter(\.isLetter)) AS (DELETE FROM \(side) s USING \(source) WHERE s.rid = \(source).rid)"
        }.joined()
    }

    private static func sideInserts(_ table: ResourceTable, _ sides: SideTables, from first: Int) -> String {
        var text = ""
        var next = first
        if sides.contains(.strings) {
            text += """
                ,
                s AS (
                  INSERT INTO \(table.strings) (rid, param, ckey, norm)
                  SELECT w.rid, e.* FROM w, unnest($\(next)::int4[], $\(next + 1)::int8[], $\(next + 2)::text[]) e)
                """
            next += 3
        }
        if sides.contains(.numbers) {
            text += """
                ,
                n AS (
                  INSERT INTO \(table.numbers) (rid, param, ckey, lo, hi, dim, clo, chi)
                  SELECT w.rid, e.* FROM w,
                    unnest($\(next)::int4[], $\(next + 1)::int8[], $\(next + 2)::numeric[], $\(next + 3)::numeric[],
                      $\(next + 4)::int8[], $\(next + 5)::numeric[], $\(next + 6)::numeric[]) e)
                """
            next += 7
        }
        if sides.contains(.ranges) {
            text += """
                ,
                r AS (
                  INSERT INTO \(table.ranges) (rid, param, ckey, lo, hi)
                  SELECT w.rid, e.* FROM w,
                    unnest($\(next)::int4[], $\(next + 1)::int8[], $\(next + 2)::timestamptz[],
                      $\(next + 3)::timestamptz[]) e)
                """
            next += 4
        }
        if sides.contains(.contained) { text += ContainedTable.insertion(table, from: next) }
        return text
    }
}
