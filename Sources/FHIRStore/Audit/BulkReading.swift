import FHIRFormats
import PostgreSQL

/// Watches how many patients' records each person is shown within an hour: more than people read by hand is a security
/// alert of its own, about them, once an hour (DICOM PS3.15 A.5.3.11).
enum BulkReading {
    /// Records within an hour, each counted as often as it is shown.
    static let limit = 500

    static let migration = Migration(
        version: 601, name: "bulk reading",
        script: """
            CREATE TABLE audit_reading (
              agent text COLLATE "C" NOT NULL,
              hour timestamptz NOT NULL,
              count bigint NOT NULL,
              PRIMARY KEY (agent, hour));
            """)

    /// Adds what the rows showed, and answers the alerts that are due because of it.
    static func alerts(after rows: [AuditRow], in session: Session) async throws -> [AuditRow] {
        var counts: [String: (count: Int, facts: AuditFacts, last: Instant)] = [:]
        for row in rows where row.effect == .nothing && !row.isRefused && !row.patients.isEmpty {
            // Programs read what they are made for.
            guard let agent = row.facts.agent, agent.contains("/") else { continue }
            counts[agent, default: (0, row.facts, row.happened)].count += row.patients.count
        }
        guard !counts.isEmpty else { return [] }
        let agents = counts.keys.sorted()
        var parameters = SQLParameters()
        parameters.append(textArray: agents)
        parameters.append(int64Array: agents.map { Int64(counts[$0]?.count ?? 0) })
        let sums = try await session.query(addition, parameters)
        return (0..<sums.rowCount).compactMap { row in
            guard let agent = sums.string(row, 0), let known = counts[agent], let sum = sums.int64(row, 1),
                sum >= limit, sum - Int64(known.count) < limit
            else { return nil }
            var facts = known.facts
            facts.deed = AuditDeed.bulkReading.rawValue
            facts.request = nil
            facts.requestID = nil
            return AuditRow(alert: facts, at: known.last, "records of patients shown within the hour: \(sum)")
        }
    }

    private static let addition = SQLStatement(
        """
        WITH old AS (DELETE FROM audit_reading WHERE hour < date_trunc('hour', now()) - interval '1 day')
        INSERT INTO audit_reading AS r (agent, hour, count)
        SELECT a.agent, date_trunc('hour', now()), a.count FROM unnest($1::text[], $2::bigint[]) a (agent, count)
        ON CONFLICT (agent, hour) DO UPDATE SET count = r.count + excluded.count
        RETURNING r.agent, r.count
        """)
}
