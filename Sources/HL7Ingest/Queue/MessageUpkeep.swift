import FHIRFormats
import FHIRStore
import HL7Syntax
import PostgreSQL

/// What is done about messages in the background: applying those that were only stored, trying those again that failed
/// for a passing reason, removing texts whose time is over, writing down counts.
package struct MessageUpkeep: Sendable {
    private let ingest: MessageIngest
    private var store: FHIRStore { ingest.store }

    package init(_ ingest: MessageIngest) {
        self.ingest = ingest
    }

    /// Works until the task is cancelled. Servers that share a database may all do so: an attempt that another one was
    /// faster with is seen by its revision, and doing it twice changes nothing.
    package func run(every interval: Duration = .seconds(1)) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                while !Task.isCancelled {
                    try? await Task.sleep(for: interval)
                    ingest.bell.ring()
                }
            }
            group.addTask {
                var expired = ContinuousClock.now - .seconds(3600)
                for await _ in ingest.bell.rings {
                    if Task.isCancelled { return }
                    // What fails now is done by the next round.
                    _ = try? await applyDue()
                    try? await ingest.sources.unmapped.flush(to: store)
                    try? await ingest.processor.log.flushKeys()
                    if ContinuousClock.now - expired > .seconds(600) {
                        _ = try? await removeExpired()
                        expired = .now
                    }
                }
            }
            await group.waitForAll()
        }
    }

    /// Applies what is due, in the order in which it came; returns how many messages that were.
    @discardableResult
    package func applyDue() async throws -> Int {
        var count = 0
        var last: Int64 = 0
        while !Task.isCancelled {
            let due = try await ingest.messages.due(at: store.clock(), limit: 100).filter { $0.id > last }
            guard !due.isEmpty else { break }
            for message in due {
                last = message.id
                guard let stored = try await ingest.messages.message(message.id), stored.due != nil else { continue }
                if await ingest.retry(stored) {
                    count += 1
                } else {
                    // Nothing could be written, not even the failure: the database is busy or away.
                    try await ingest.processor.log.postpone(stored, seconds: 5)
                }
            }
        }
        return count
    }

    /// Removes the texts of messages that are through, where the settings of their source say so; returns how many
    /// those were. What they wrote, their acknowledgement, and that they were there, stays.
    @discardableResult
    package func removeExpired() async throws -> Int {
        var count = 0
        for source in try await ingest.sources.current().sources {
            guard let days = source.retentionDays else { continue }
            var parameters = SQLParameters()
            parameters.append(text: source.name)
            parameters.append(
                timestamp: store.clock().microsecondsSince1970 - Int64(days) * 86_400_000_000)
            // In portions, so that no transaction lasts long.
            while true {
                let results = try await store.database.write(WriteJob([(Self.remove, parameters)]))
                let removed = results.first?.affectedRows ?? 0
                count += removed
                if removed < 1000 { break }
            }
        }
        return count
    }

    private static let remove = SQLStatement(
        """
        UPDATE hl7_message SET body = NULL, revision = revision + 1
        WHERE id IN (
          SELECT id FROM hl7_message
          WHERE source = $1::text AND received < $2::timestamptz AND body IS NOT NULL
            AND (state IN ('applied', 'rejected', 'superseded', 'discarded')
              OR state = 'part' AND EXISTS (
                SELECT FROM hl7_part p JOIN hl7_message w ON w.id = p.whole
                WHERE p.message = hl7_message.id AND w.state IN ('applied', 'rejected', 'superseded', 'discarded')))
          ORDER BY received LIMIT 1000)
        """)
}

extension MessageIngest {
    /// The next attempt of a message that is due; false if not even its failure could be written down.
    fileprivate func retry(_ stored: StoredMessage) async -> Bool {
        guard let body = stored.body, let snapshot = try? await sources.current() else { return false }
        let message = ReceivedMessage(body, source: stored.listener, received: stored.received)
        var delivery = delivery(message, snapshot)
        delivery.message.source = stored.source
        delivery.slot = .stored(stored.id, revision: stored.revision)
        delivery.attempts = stored.attempts
        return await attempt(delivery) != nil
    }
}
