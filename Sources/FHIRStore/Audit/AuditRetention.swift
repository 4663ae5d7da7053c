package import FHIRFormats
import PostgreSQL

extension AuditTrail {
    /// Deletes the oldest part of the chain with its AuditEvents: every link before the first one that is younger than
    /// `limit`. The hash of the last one deleted is kept, so that the rest still verifies.
    ///
    /// - Returns: how many links were deleted.
    package func purge(before limit: Instant) async throws -> Int {
        var count = 0
        while true {
            let step = try await purgeStep(before: limit)
            count += step
            if step < Self.purgeCount { return count }
        }
    }

    private static let purgeCount = 1000

    private func purgeStep(before limit: Instant) async throws -> Int {
        let (store, hasEvents) = (chain.store, chain.hasEvents)
        return try await store.transaction { transaction in
            let session = transaction.session
            var parameters = SQLParameters()
            parameters.append(timestamp: limit.microsecondsSince1970)
            parameters.append(int64: Int64(Self.purgeCount))
            let results = try await session.queries([
                (AuditChain.lock, SQLParameters()), (Self.permit, SQLParameters()), (Self.lastOld, parameters),
            ])
            guard let last = results[2].int64(0, 0) else { return 0 }
            var through = SQLParameters()
            through.append(int64: last)
            var statements = [(Self.moveAnchor, through)]
            if hasEvents { statements.append((Self.deleteEvents, through)) }
            statements.append((Self.deleteLinks, through))
            let deleted = try await session.queries(statements)
            return deleted[deleted.count - 1].affectedRows
        }
    }

    private static let permit = SQLStatement("SET LOCAL \(AuditMigration.purgeSetting) = 'on'")
    /// The last link of the next step; NULL if nothing is old enough.
    private static let lastOld = SQLStatement(
        """
        WITH first AS (SELECT min(seq) AS seq FROM audit_log),
        young AS (
          SELECT min(l.seq) AS seq FROM audit_log l, first
          WHERE l.seq < first.seq + $2::bigint AND l.recorded >= $1::timestamptz)
        SELECT max(l.seq) FROM audit_log l, first, young
        WHERE l.seq < first.seq + $2::bigint AND (young.seq IS NULL OR l.seq < young.seq)
        """)
    private static let moveAnchor = SQLStatement(
        """
        UPDATE audit_head SET anchor_seq = l.seq, anchor_hash = l.hash FROM audit_log l WHERE l.seq = $1::bigint
        """)
    private static let deleteEvents = SQLStatement(
        """
        WITH e AS (
          DELETE FROM auditevent a USING audit_log l
          WHERE l.seq <= $1::bigint AND a.id = l.event RETURNING a.rid),
        s AS (DELETE FROM auditevent_str s USING e WHERE s.rid = e.rid),
        n AS (DELETE FROM auditevent_num s USING e WHERE s.rid = e.rid),
        r AS (DELETE FROM auditevent_range s USING e WHERE s.rid = e.rid)
        SELECT count(*) FROM e
        """)
    private static let deleteLinks = SQLStatement("DELETE FROM audit_log WHERE seq <= $1::bigint")
}
