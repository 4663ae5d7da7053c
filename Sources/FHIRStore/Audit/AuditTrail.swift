package import FHIRFormats
package import Logging
import PostgreSQL

/// The record of who did what: entries in, a chain of AuditEvents out (decision 0046).
package final class AuditTrail: Sendable {
    let chain: AuditChain
    private let recorder: AuditRecorder

    /// Entries that are chained in one transaction.
    private static let batchCount = 500
    /// Batches that are chained while somebody waits for it.
    private static let settledBatches = 20
    /// While there is more to chain than one batch, this share of the time is spent on it, so that it never takes the
    /// machine from those who wait for answers.
    private static let rest = 5
    private static let idlePause = Duration.milliseconds(500)

    /// - Parameter store: the same resources, without limits and not audited.
    init(_ store: FHIRStore) {
        chain = AuditChain(store: store)
        recorder = AuditRecorder(database: store.database)
    }

    /// Now, as entries have it.
    package var now: Instant { chain.store.clock() }

    /// Puts on record what happened without a write. Returns at once, unless the database cannot keep up.
    package func record(_ entry: AuditEntry) async { await recorder.record(entry) }

    /// Puts on record what happens within a transaction: it is there if and only if the transaction is.
    package func record(_ entry: AuditEntry, in transaction: StoreTransaction) async throws {
        let (statement, parameters) = AuditEntry.insertion([entry])
        _ = try await transaction.session.query(statement, parameters)
    }

    /// What waits to be chained: how many entries, up to 100 000, and for how many seconds the oldest has.
    package func backlog() async throws -> (entries: Int64, oldestSeconds: Int64) {
        let rows = try await chain.store.database.read(Self.waiting)
        return (rows.int64(0, 0) ?? 0, max(0, rows.int64(0, 1) ?? 0))
    }

    private static let waiting = SQLStatement(
        """
        SELECT (SELECT count(*) FROM (SELECT FROM audit_inbox LIMIT 100000) w),
          coalesce((SELECT extract(epoch FROM now() - happened)::bigint FROM audit_inbox ORDER BY entry LIMIT 1), 0)
        """)

    /// Returns when everything recorded so far is in the database.
    package func drain() async { await recorder.drain() }

    /// Chains what is on record now, so that a search finds it; of a great backlog the oldest part only.
    package func settle() async throws {
        await recorder.drain()
        for _ in 0..<Self.settledBatches {
            if try await chain.advance(limit: Self.batchCount, waits: true) < Self.batchCount { return }
        }
    }

    /// Chains in the background until it is cancelled.
    package func keepChained(logger: Logger) async {
        while !Task.isCancelled {
            let start = ContinuousClock.now
            var pause = Self.idlePause
            do {
                let count = try await chain.advance(limit: Self.batchCount, waits: false)
                if count == Self.batchCount { pause = (ContinuousClock.now - start) * (Self.rest - 1) }
            } catch {
                if Task.isCancelled { return }
                let reason = (error as? StoreError)?.code.rawValue ?? "\(type(of: error))"
                logger.warning("audit entries could not be chained", metadata: ["reason": "\(reason)"])
            }
            try? await Task.sleep(for: pause)
        }
    }
}
