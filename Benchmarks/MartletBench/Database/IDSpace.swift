/// Resources whose ids are a prefix and a number, so that pgbench can pick one at random by arithmetic.
///
/// The ids of the loaded data look random, and pgbench cannot choose among strings. A helper table that maps numbers to
/// ids would cost it a second lookup and flatter the server. So copies of resources are added under such ids, and both
/// sides read those.
struct IDSpace {
    let prefix = "018e0000-0000-7000-8000-"
    let count: Int
    /// Digits including leading zeros, so that an id is as long as any other.
    private let width = 12

    var range: ClosedRange<Int> { 1...count }

    func contains(_ id: String) -> Bool { id.hasPrefix(prefix) }

    func id(_ number: Int) -> String {
        let digits = String(number)
        return prefix + String(repeating: "0", count: width - digits.count) + digits
    }

    /// SQL for the id whose number a pgbench variable holds.
    func expression(variable: String) -> String { "('\(prefix)' || lpad(:\(variable)::text, \(width), '0'))" }

    /// Copies `count` rows of a type's main table, chosen at random, with everything that a read looks at.
    static func fill(table: String, count: Int, in postgres: Postgres) throws -> IDSpace {
        let space = IDSpace(count: count)
        let columns = try postgres.query(
            """
            SELECT quote_ident(attname) FROM pg_attribute
            WHERE attrelid = '"\(table)"'::regclass AND attnum > 0 AND NOT attisdropped
              AND attidentity = '' AND attname <> 'id'
            ORDER BY attnum
            """
        ).map { $0[0] }
        let values = columns.map { $0 == "content" ? "jsonb_set(content, '{id}', to_jsonb(new_id))" : $0 }
        try postgres.query(
            """
            INSERT INTO "\(table)" (id, \(columns.joined(separator: ", ")))
            SELECT new_id, \(values.joined(separator: ", ")) FROM (
              SELECT *, '\(space.prefix)' || lpad((row_number() OVER ())::text, \(space.width), '0') AS new_id
              FROM (SELECT * FROM "\(table)" ORDER BY random() LIMIT \(count)) r) s
            ON CONFLICT (id) DO NOTHING
            """,
            "VACUUM ANALYZE \"\(table)\"")
        let found = Int(try postgres.value("SELECT count(*) FROM \"\(table)\" WHERE id LIKE '\(space.prefix)%'")) ?? 0
        guard found > 0 else { throw BenchError(.server, "there is no \(table) to read") }
        return IDSpace(count: found)
    }
}
