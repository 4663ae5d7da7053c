import FHIRFormats
import FHIRSearch
import PostgreSQL

/// Creating several resources of one type by one statement.
extension WriteStatements {
    /// `$1` ids, `$2` times of update, `$3` the least generation of their entries, `$4` all hashed keys, `$5` and `$6`
    /// the place of the first and last key of each; then the companions, if there are such, the other columns and side
    /// rows as arrays, side rows with the place of the resource that each is of, from 1.
    func createRowsText(_ sides: SideTables) -> String {
        let columns: [(name: String, type: String)] = [
            ("self", "int8"), ("subj", "int8"), ("date_lo", "timestamptz"), ("date_hi", "timestamptz"),
            ("vq", "numeric"), ("vq_hi", "numeric"), ("cq", "numeric"), ("cq_hi", "numeric"), ("words", "text"),
            ("content", "jsonb"), ("exact", "text"),
        ]
        let names = columns.map(\.name).joined(separator: ", ")
        let start = 7 + companion.parameterCount
        let arrays = columns.enumerated().map { "$\(start + $0)::\($1.type)[]" }.joined(separator: ", ")
        let isGiven = companion == .tenant
        let tenants = isGiven ? "$7::text[], " : ""
        let own = tenantPart(subject: "e.subj", keys: "($4::int8[])[e.first:e.last]")
        let tenant = isGiven ? (column: ", tenant", value: ", e.tenant") : own
        let insert = """
            INSERT INTO \(table.all) (id, version, method, updated, keys, \(names)\(tenant.column))
            SELECT e.id, 1 + \(Self.guarding(3)), 'C', e.updated, ($4::int8[])[e.first:e.last],
              \(columns.map { "e." + $0.name }.joined(separator: ", "))\(tenant.value)
            FROM unnest($1::text[], $2::timestamptz[], $5::int4[], $6::int4[], \(tenants)\(arrays))
              e (id, updated, first, last, \(isGiven ? "tenant, " : "")\(names))
            """
        let note = companion.note(
            table,
            "SELECT 'C', w.id, w.version, c.context FROM w JOIN unnest($1::text[], $7::text[]) c (id, context)"
                + " ON c.id = w.id")
        guard !sides.isEmpty || !note.isEmpty else { return insert }
        var text = "WITH w AS (\(insert) RETURNING rid, id, version)"
        var next = start + columns.count
        func side(_ name: String, _ side: String, _ columns: String, _ types: [String]) {
            let arrays = types.enumerated().map { "$\(next + 1 + $0)::\($1)[]" }.joined(separator: ", ")
            text += """
                ,
                \(name) AS (
                  INSERT INTO \(side) (rid, \(columns))
                  SELECT w.rid, \(columns.split(separator: ", ").map { "e." + $0 }.joined(separator: ", "))
                  FROM unnest($\(next)::int4[], \(arrays)) e (place, \(columns))
                    JOIN w ON w.id = ($1::text[])[e.place])
                """
            next += 1 + types.count
        }
        if sides.contains(.strings) { side("s", table.strings, "param, ckey, norm", ["int4", "int8", "text"]) }
        if sides.contains(.numbers) {
            side(
                "n", table.numbers, "param, ckey, lo, hi, dim, clo, chi",
                ["int4", "int8", "numeric", "numeric", "int8", "numeric", "numeric"])
        }
        if sides.contains(.ranges) {
            side("r", table.ranges, "param, ckey, lo, hi", ["int4", "int8", "timestamptz", "timestamptz"])
        }
        return text + note + "\nSELECT count(*) FROM w"
    }
}

extension WriteCommandBuilder {
    /// The statement that creates resources of one type, none of which has others within it.
    ///
    /// - Parameter rows: with what each is given besides, see `WriteCompanion`.
    func createRows(
        _ rows: [(resource: PreparedResource, updated: Instant, companion: String?)]
    ) -> (SQLStatement, SQLParameters) {
        let resources = rows.map(\.resource)
        let statements = tables.statements(resources[0].type)
        let entries = resources.map(\.entries)
        var parameters = SQLParameters()
        parameters.reserveCapacity(
            count: 34, byteCount: resources.reduce(1024) { $0 + $1.content.count + $1.entries.keys.count * 12 + 320 })
        parameters.append(textArray: resources.map(\.id))
        parameters.append(timestampArray: rows.map { $0.updated.microsecondsSince1970 })
        parameters.append(int64: entries.map(\.generation).min() ?? 0)
        parameters.append(int64Array: entries.flatMap(\.keys))
        var last: Int32 = 0
        var (firsts, lasts): ([Int32], [Int32]) = ([], [])
        for entry in entries {
            firsts.append(last + 1)
            last += Int32(clamping: entry.keys.count)
            lasts.append(last)
        }
        parameters.append(int32Array: firsts)
        parameters.append(int32Array: lasts)
        if statements.companion != .none { parameters.append(textArray: rows.map(\.companion)) }
        parameters.append(int64Array: entries.map(\.selfKey))
        parameters.append(int64Array: entries.map(\.subject))
        parameters.append(timestampArray: entries.map(\.dateLow))
        parameters.append(timestampArray: entries.map(\.dateHigh))
        parameters.append(numericArray: entries.map(\.quantityLow))
        parameters.append(numericArray: entries.map(\.quantityHigh))
        parameters.append(numericArray: entries.map(\.canonicalLow))
        parameters.append(numericArray: entries.map(\.canonicalHigh))
        parameters.append(textArray: entries.map { $0.words.map { String(decoding: $0, as: UTF8.self) } })
        parameters.append(jsonbArray: resources.map(\.content))
        parameters.append(
            textArray: resources.map { $0.needsExactText ? String(decoding: $0.content, as: UTF8.self) : nil })
        let sides = appendSides(entries, to: &parameters)
        return (statements.createRows(sides), parameters)
    }

    private func appendSides(
        _ entries: [IndexEntries], to parameters: inout SQLParameters
    ) -> WriteStatements.SideTables {
        func places(_ count: (IndexEntries) -> Int) -> [Int32] {
            entries.enumerated().flatMap { repeatElement(Int32(clamping: $0 + 1), count: count($1)) }
        }
        var sides: WriteStatements.SideTables = []
        let strings = entries.flatMap(\.strings)
        if !strings.isEmpty {
            sides.insert(.strings)
            parameters.append(int32Array: places { $0.strings.count })
            parameters.append(strings)
        }
        let numbers = entries.flatMap(\.numbers)
        if !numbers.isEmpty {
            sides.insert(.numbers)
            parameters.append(int32Array: places { $0.numbers.count })
            parameters.append(numbers)
        }
        let ranges = entries.flatMap(\.ranges)
        if !ranges.isEmpty {
            sides.insert(.ranges)
            parameters.append(int32Array: places { $0.ranges.count })
            parameters.append(ranges)
        }
        return sides
    }
}
