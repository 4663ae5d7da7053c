import Glibc

/// Bytes that the tables take, beside the bytes of the same resources as minified NDJSON.
struct DiskUsage {
    var tableBytes = 0
    var rawBytes = 0
    var resourceCount = 0
    /// Bytes by kind of relation: main tables, their indexes, side tables with indexes, history.
    var parts: [(name: String, bytes: Int)] = []

    var ratio: Double { rawBytes > 0 ? Double(tableBytes) / Double(rawBytes) : 0 }

    /// Call after a VACUUM. Counts the tables of the search path's first schema, with indexes and TOAST.
    static func measure(_ postgres: Postgres) throws -> DiskUsage {
        var usage = DiskUsage()
        let mains = try postgres.query(
            """
            SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'keys'
            WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND NOT a.attisdropped
            """
        ).map { $0[0] }
        let filled = try mains.filter { try postgres.value("SELECT 1 FROM \"\($0)\" LIMIT 1") == "1" }
        for (name, filter) in [
            ("main tables", "SELECT pg_table_size('\"%\"')"),
            ("indexes of main tables", "SELECT pg_indexes_size('\"%\"')"),
            ("string rows", "SELECT pg_total_relation_size('\"%_str\"')"),
            ("number rows", "SELECT pg_total_relation_size('\"%_num\"')"),
            ("date rows", "SELECT pg_total_relation_size('\"%_range\"')"),
            ("history", "SELECT pg_total_relation_size('\"%_history\"')"),
        ] {
            let union = filled.map { filter.replacing("%", with: $0) }.joined(separator: " UNION ALL ")
            let bytes = filled.isEmpty ? 0 : Int(try postgres.value("SELECT sum(b) FROM (\(union)) t(b)")) ?? 0
            usage.parts.append((name, bytes))
        }
        usage.tableBytes = usage.parts.reduce(0) { $0 + $1.bytes }
        for table in filled {
            let count = Int(try postgres.value("SELECT count(*) FROM \"\(table)\"")) ?? 0
            usage.resourceCount += count
            usage.rawBytes += Int(Double(count) * (try averageRawSize(table, count, postgres)))
        }
        return usage
    }

    /// Mean bytes of a resource with its line break; of one in twenty resources where there are many.
    ///
    /// PostgreSQL writes a blank behind each colon and comma of a JSONB, which a minified file has not.
    private static func averageRawSize(_ table: String, _ count: Int, _ postgres: Postgres) throws -> Double {
        let sample = count > 5000 ? "TABLESAMPLE BERNOULLI (5) REPEATABLE (1)" : ""
        return Double(
            try postgres.value(
                """
                SELECT avg(octet_length(t.text) - CASE WHEN exact IS NULL THEN blanks ELSE 0 END + 1)
                FROM "\(table)" \(sample), LATERAL (SELECT coalesce(exact, content::text)) t(text),
                LATERAL (SELECT length(o.rest) - length(replace(o.rest, ' ', '')) FROM (
                  SELECT regexp_replace(t.text, '"(?:[^"\\\\]|\\\\.)*"', '""', 'g')) o(rest)) b(blanks)
                """)) ?? 0
    }
}
