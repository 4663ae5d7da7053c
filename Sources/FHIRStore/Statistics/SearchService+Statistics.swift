import FHIRDefinitions
package import FHIRSearch
import PostgreSQL

/// Statistics of measurements (R4 observation-operation-stats.html).
extension SearchService {
    /// Statistics of what matches the search, one for each code asked for and one for each part of a panel that was.
    ///
    /// Values in units of UCUM that compare with the most frequent one are counted in that; all others are left out
    /// and numbered. One statement where all values of a code have one unit, two where not.
    ///
    /// - Parameters:
    ///   - origin: where time begins for the line of best fit, in microseconds since 1970; nil for the first
    ///     measurement.
    package func statistics(
        _ request: SearchRequest, of asked: [MeasurementStatistics.Asked], origin: Int64?, now: Int64
    ) async throws -> [MeasurementStatistics] {
        let predicate = try await predicate(for: request, session, now: now)
        if predicate == .never { return [] }
        let table = tables.table(request.type)
        do {
            return try await onSession(session) { session in
                func run(_ conversions: [MeasurementStatistics.Conversion]) async throws -> [MeasurementStatistics] {
                    let sql = StatisticsSQL(
                        predicate, table, tables: tables, asked: asked, conversions: conversions, origin: origin)
                    return Self.statistics(try await session.query(statements.statement(sql.text), sql.parameters))
                }
                let apart = try await run([])
                let conversions = conversions(apart)
                let found = Self.merged(conversions.isEmpty ? apart : try await run(conversions))
                try await requireUnchanged([request], in: session)
                return found
            }
        } catch let error as PostgreSQLError {
            throw StoreError(error)
        }
    }

    private static func statistics(_ result: QueryResult) -> [MeasurementStatistics] {
        (0..<result.rowCount).map { row in
            var numbers: [MeasurementStatistics.Number: String] = [:]
            for (position, number) in MeasurementStatistics.Number.allCases.enumerated() {
                numbers[number] = result.string(row, StatisticsSQL.firstNumber + position)
            }
            func text(_ column: Int) -> String? { result.string(row, column).flatMap { $0.isEmpty ? nil : $0 } }
            return MeasurementStatistics(
                asked: Int(result.int64(row, 0) ?? 1) - 1, member: result.bytes(row, 1),
                memberKey: result.string(row, 2),
                unit: MeasurementStatistics.Unit(system: text(3), code: text(4), text: text(5)),
                totalCount: Int(result.int64(row, 6) ?? 0), count: Int(result.int64(row, 7) ?? 0), otherUnitCount: 0,
                numbers: numbers)
        }
    }

    /// Into the most frequent unit of each code, which comes first.
    private func conversions(_ statistics: [MeasurementStatistics]) -> [MeasurementStatistics.Conversion] {
        var found: [MeasurementStatistics.Conversion] = []
        var targets: [MeasurementStatistics.Unit] = []
        for group in Self.grouped(statistics) {
            let units = group.filter { $0.count > 0 }.map(\.unit)
            guard units.count > 1, let own = units.first else { continue }
            // Codes may share units; what one code is counted in stays the same for all.
            let target = targets.first { $0 == own || convert(own, $0) != nil } ?? own
            targets.append(target)
            for unit in units where unit != target {
                guard !found.contains(where: { $0.from == unit }), let conversion = convert(unit, target) else {
                    continue
                }
                found.append(conversion)
            }
        }
        return found
    }

    /// How values of a unit become those of another; nil where they do not compare.
    private func convert(
        _ unit: MeasurementStatistics.Unit, _ target: MeasurementStatistics.Unit
    ) -> MeasurementStatistics.Conversion? {
        guard let from = unit.code, let to = target.code, unit.system == target.system,
            let line = indexer.conversion(from: from, to: to, system: unit.system)
        else { return nil }
        return MeasurementStatistics.Conversion(from: unit, to: target, zero: line.zero, one: line.one)
    }

    /// One for each code: the unit with the most values, and how many values there are beside it.
    private static func merged(_ statistics: [MeasurementStatistics]) -> [MeasurementStatistics] {
        grouped(statistics).compactMap { group in
            guard var best = group.first else { return nil }
            best.totalCount = group.reduce(0) { $0 + $1.totalCount }
            best.otherUnitCount = group.dropFirst().reduce(0) { $0 + $1.count }
            if best.count == 0 { best.unit = MeasurementStatistics.Unit() }
            return best
        }
    }

    /// Statistics of the same code in several units, which the statement returns next to each other.
    private static func grouped(_ statistics: [MeasurementStatistics]) -> [[MeasurementStatistics]] {
        var groups: [[MeasurementStatistics]] = []
        for entry in statistics {
            if let last = groups.last?.first, last.asked == entry.asked, last.memberKey == entry.memberKey {
                groups[groups.count - 1].append(entry)
            } else {
                groups.append([entry])
            }
        }
        return groups
    }
}
