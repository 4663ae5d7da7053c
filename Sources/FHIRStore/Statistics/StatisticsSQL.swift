import FHIRSearch
import PostgreSQL

/// The statement of `$stats`: from observations to numbers, in PostgreSQL's exact decimals.
///
///     o         observations that match
///     matched   those whose own code is asked for, and their components whose code is
///     panel     components and members of observations whose code is asked for
///     measures  both, with value and unit
///     units     the same in the unit to count in
struct StatisticsSQL {
    let text: String
    let parameters: SQLParameters

    /// Columns before the numbers of ``MeasurementStatistics/Number``, in the order of its cases.
    static let firstNumber = 8

    init(
        _ predicate: SearchPredicate, _ table: ResourceTable, tables: TableCatalog,
        asked: [MeasurementStatistics.Asked], conversions: [MeasurementStatistics.Conversion], origin: Int64?
    ) {
        var writer = PredicateWriter(tables: tables)
        let conditions = writer.conditions(predicate, table, alias: "t")
        let rest = conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
        // Arrays hold no NULL here: an empty system stands for any, which no coding has.
        let systems = writer.bind(ids: asked.map { $0.system ?? "" })
        let codes = writer.bind(ids: asked.map(\.code))
        let fromSystems = writer.bind(ids: conversions.map { $0.from.system ?? "" })
        let fromCodes = writer.bind(ids: conversions.map { $0.from.code ?? "" })
        let toSystems = writer.bind(ids: conversions.map { $0.to.system ?? "" })
        let toCodes = writer.bind(ids: conversions.map { $0.to.code ?? "" })
        let toTexts = writer.bind(ids: conversions.map { $0.to.text ?? "" })
        let zeros = writer.bind(ids: conversions.map(\.zero))
        let ones = writer.bind(ids: conversions.map(\.one))
        let origin = writer.bind(text: origin.map { String($0) } ?? "")
        text = """
            WITH o AS MATERIALIZED (SELECT t.rid, t.date_lo, t.content FROM \(table.current) t\(rest)),
            asked AS (SELECT * FROM unnest(\(systems), \(codes)) WITH ORDINALITY a (system, code, number)),
            parts AS (
              SELECT o.date_lo, o.content ? 'modifierExtension' OR c ? 'modifierExtension' AS is_odd, c
              FROM o, jsonb_array_elements(o.content->'component') c),
            matched AS (
              SELECT a.number, o.date_lo, o.content AS h, o.content ? 'modifierExtension' AS is_odd, true AS is_whole
              FROM o, asked a WHERE \(Self.hasCode("o.content"))
              UNION ALL
              SELECT a.number, p.date_lo, p.c, p.is_odd, false FROM parts p, asked a WHERE \(Self.hasCode("p.c"))),
            panel AS (
              SELECT m.number, m.date_lo, c AS h, m.is_odd OR c ? 'modifierExtension' AS is_odd
              FROM matched m, jsonb_array_elements(m.h->'component') c WHERE m.is_whole
              UNION ALL
              SELECT m.number, t.date_lo, t.content, t.content ? 'modifierExtension'
              FROM matched m, jsonb_array_elements(m.h->'hasMember') r
              JOIN \(table.current) t ON t.id = substring(r->>'reference' from 'Observation/([A-Za-z0-9.-]+)(?:/|$)')
              WHERE m.is_whole AND t.content->>'status' IS DISTINCT FROM 'entered-in-error'),
            holders AS (
              SELECT number, date_lo, h, is_odd, false AS is_member FROM matched
              UNION ALL SELECT number, date_lo, h, is_odd, true FROM panel),
            measures AS (
              SELECT number, date_lo, h->'valueQuantity' AS q,
                CASE WHEN is_member THEN h->'code' END AS member,
                CASE WHEN is_member THEN coalesce(h->'code'->'coding'->0->>'system', '') || '|'
                  || coalesce(h->'code'->'coding'->0->>'code', h->'code'->>'text', '') END AS member_key,
                CASE WHEN NOT is_odd AND jsonb_typeof(h->'valueQuantity'->'value') = 'number'
                  AND NOT h->'valueQuantity' ? 'comparator' THEN (h->'valueQuantity'->>'value')::numeric END AS raw
              FROM holders),
            conversions AS (
              SELECT * FROM unnest(
                \(fromSystems), \(fromCodes), \(toSystems), \(toCodes), \(toTexts), \(zeros)::numeric[],
                \(ones)::numeric[]) c (from_system, from_code, system, code, unit, zero, one)),
            units AS (
              SELECT number, member, member_key, date_lo,
                coalesce(c.system, coalesce(q->>'system', '')) AS system,
                coalesce(c.code, q->>'code', q->>'unit', '') AS code,
                coalesce(nullif(c.unit, ''), q->>'unit', q->>'code', '') AS unit,
                CASE WHEN c.one IS NULL THEN raw ELSE raw * (c.one - c.zero) + c.zero END AS v
              FROM measures LEFT JOIN conversions c
                ON raw IS NOT NULL AND c.from_system = coalesce(q->>'system', '')
                AND c.from_code = coalesce(q->>'code', q->>'unit', '')),
            points AS (
              SELECT *, CASE WHEN isfinite(date_lo) THEN extract(epoch FROM date_lo)::numeric / 3600 END AS x
              FROM units),
            sums AS (
              SELECT number, member_key, min(member::text) AS member, system, code, min(unit) AS unit,
                count(*) AS total, count(v)::numeric AS n, sum(v) AS s1, sum(v * v) AS s2, sum(v * v * v) AS s3,
                sum(v * v * v * v) AS s4, max(v) AS greatest, min(v) AS least,
                array_agg(v ORDER BY v) FILTER (WHERE v IS NOT NULL) AS a,
                count(v * x)::numeric AS xn, sum(x) FILTER (WHERE v IS NOT NULL) AS x1,
                sum(x * x) FILTER (WHERE v IS NOT NULL) AS x2, sum(v * x) AS xy,
                sum(v) FILTER (WHERE x IS NOT NULL) AS y1,
                min(x) FILTER (WHERE v IS NOT NULL) AS earliest, max(x) FILTER (WHERE v IS NOT NULL) AS latest
              FROM points GROUP BY number, member_key, system, code),
            moments AS (
              SELECT *, n * s2 - s1 * s1 AS d2, n * n * s3 - 3 * n * s1 * s2 + 2 * s1 * s1 * s1 AS d3,
                n * n * n * s4 - 4 * n * n * s1 * s3 + 6 * n * s1 * s1 * s2 - 3 * s1 * s1 * s1 * s1 AS d4,
                (xn * xy - x1 * y1) / nullif(xn * x2 - x1 * x1, 0) AS slope,
                coalesce(nullif(\(origin)::text, '')::numeric / 3600000000, earliest) AS origin
              FROM sums)
            SELECT number, member, member_key, system, code, unit, total, n,
              \(MeasurementStatistics.Number.allCases.map(Self.column).joined(separator: ",\n  "))
            FROM moments ORDER BY number, member_key NULLS FIRST, n DESC, system, code
            """
        parameters = writer.parameters
    }

    /// Whether a code asked for (`a`) is one of the codings.
    private static func hasCode(_ holder: String) -> String {
        """
        EXISTS (SELECT FROM jsonb_array_elements(\(holder)->'code'->'coding') k
                WHERE k->>'code' = a.code AND (a.system = '' OR k->>'system' = a.system))
        """
    }

    /// What is calculated goes out without the zeros that come of the calculation; what was measured keeps its digits.
    private static func column(_ number: MeasurementStatistics.Number) -> String {
        switch number {
        case .maximum, .minimum, .sum: expression(number)
        default: "trim_scale(\(expression(number)))"
        }
    }

    private static func expression(_ number: MeasurementStatistics.Number) -> String {
        switch number {
        case .average: "s1 / nullif(n, 0)"
        case .maximum: "greatest"
        case .minimum: "least"
        case .sum: "s1"
        case .variance: "d2 / nullif(n * (n - 1), 0)"
        case .deviation: "sqrt(d2 / nullif(n * (n - 1), 0))"
        case .skew: "d3 / nullif(d2 * sqrt(d2), 0)"
        case .kurtosis: "d4 / nullif(d2 * d2, 0)"
        case .percent20: percentile("0.20")
        case .percent25: percentile("0.25")
        case .percent40: percentile("0.40")
        case .percent50: percentile("0.50")
        case .percent60: percentile("0.60")
        case .percent75: percentile("0.75")
        case .percent80: percentile("0.80")
        case .quartileDeviation: "((\(percentile("0.75"))) - (\(percentile("0.25")))) / 2"
        case .slope: "slope"
        case .intercept: "y1 / nullif(xn, 0) + slope * (origin - x1 / nullif(xn, 0))"
        case .first: "round(earliest * 3600000000)"
        case .last: "round(latest * 3600000000)"
        }
    }

    /// Between the two values around the place `(n - 1) × share`, counted from 0.
    private static func percentile(_ share: String) -> String {
        let place = "(n - 1) * \(share)"
        let low = "a[floor(\(place))::int + 1]"
        return "\(low) + (\(place) - floor(\(place))) * (a[ceil(\(place))::int + 1] - \(low))"
    }
}
