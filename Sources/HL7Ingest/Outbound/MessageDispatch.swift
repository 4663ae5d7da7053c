package import FHIRStore
package import Logging
import PostgreSQL
import Synchronization

/// Takes messages to their receivers; how, is not this target's matter.
package protocol MessageCarrier: Sendable {
    /// Sends one message and waits for the answer that belongs to it.
    /// - Throws: `MessageCarrierError`.
    func carry(_ message: [UInt8], to destination: DestinationSettings) async throws -> [UInt8]
}

/// Why no answer came.
package struct MessageCarrierError: Error, Sendable {
    /// Whether the receiver could not even be reached: then nobody else needs to try for now.
    package let isUnreachable: Bool
    /// Safe to show and to log.
    package let words: String

    package init(isUnreachable: Bool, words: String) {
        self.isUnreachable = isUnreachable
        self.words = words
    }
}

/// Makes messages of what changed and delivers them, until it is cancelled.
///
/// Nothing is lost when a server dies: a change and its row in the outbox are one transaction, so are the row's end
/// and its messages, and a message whose answer nobody wrote down is sent again, under the same control id.
package struct MessageDispatch: Sendable {
    private let store: FHIRStore
    private let catalog: DestinationCatalog
    private let reader: OutboxReader
    private let carrier: any MessageCarrier
    private let logger: Logger
    private let lines = Lines()

    /// What is under way, by destination.
    private final class Lines: Sendable {
        struct Line {
            var isBusy = false
            /// Tries in a row that did not reach the receiver.
            var failures = 0
            var rest = ContinuousClock.now
        }

        private let lines = Mutex<[String: Line]>([:])

        /// Whether the caller may deliver to the destination now.
        func begin(_ name: String) -> Bool {
            lines.withLock { lines in
                var line = lines[name] ?? Line()
                guard !line.isBusy, line.rest <= .now else { return false }
                line.isBusy = true
                lines[name] = line
                return true
            }
        }

        /// - Parameter isReached: nil if there was nothing to deliver.
        func end(_ name: String, isReached: Bool?, _ destination: DestinationSettings) {
            lines.withLock { lines in
                var line = lines[name] ?? Line()
                line.isBusy = false
                if isReached == true { line.failures = 0 }
                if isReached == false {
                    line.failures += 1
                    line.rest = .now + .milliseconds(DeliveryAttempt.delay(afterTry: line.failures, destination))
                }
                lines[name] = line
            }
        }
    }

    package init(store: FHIRStore, carrier: any MessageCarrier, logger: Logger) {
        self.store = store
        self.carrier = carrier
        self.logger = logger
        catalog = DestinationCatalog(store: store)
        reader = OutboxReader(store: store)
    }

    /// Works until the task is cancelled. Servers that share a database may all do so.
    package func run(every interval: Duration = .milliseconds(500)) async {
        await withDiscardingTaskGroup { group in
            var cleaned = ContinuousClock.now - .seconds(3_600)
            while !Task.isCancelled {
                do {
                    let destinations = try await catalog.all()
                    if ContinuousClock.now - cleaned > .seconds(60) {
                        cleaned = .now
                        for destination in destinations.compactMap(\.parsed) {
                            try await DeliveryQueue(store: store).removeExpired(destination)
                        }
                    }
                    if !destinations.isEmpty {
                        try await expand(for: destinations)
                        for entry in destinations where !entry.isPaused {
                            guard let destination = entry.parsed, lines.begin(entry.stored.name) else { continue }
                            group.addTask {
                                let isReached = await deliver(to: destination)
                                lines.end(entry.stored.name, isReached: isReached, destination)
                            }
                        }
                    }
                } catch {
                    // Without a database there is nothing to deliver; the next round sees.
                    logger.debug("delivery waits", metadata: ["error": "\(type(of: error))"])
                }
                try? await Task.sleep(for: interval)
            }
        }
    }

    /// Makes messages of all that has changed.
    private func expand(for destinations: [DestinationCatalog.Entry]) async throws {
        let parsed = destinations.compactMap(\.parsed)
        while !Task.isCancelled, try await reader.expand(for: parsed) > 0 {}
    }

    /// Delivers what is due; whether the receiver was reached, nil if there was nothing to deliver.
    private func deliver(to destination: DestinationSettings) async -> Bool? {
        var isReached: Bool?
        while !Task.isCancelled {
            do {
                guard let attempt = try await DeliveryAttempt.next(destination, in: store) else { return isReached }
                do {
                    let answer = try await carrier.carry(attempt.body, to: destination)
                    let isThrough = try await attempt.finish(.answered(answer), destination, in: store)
                    await record(attempt, destination, isThrough: isThrough)
                    isReached = true
                } catch let error as MessageCarrierError {
                    _ = try await attempt.finish(.silent(error.words), destination, in: store)
                    logger.warning(
                        "message not delivered",
                        metadata: ["destination": "\(destination.name)", "reason": "\(error.words)"])
                    if error.isUnreachable { return false }
                }
            } catch {
                // What was taken comes back when its lease ends.
                return isReached
            }
        }
        return isReached
    }

    /// Puts on record that a message has left the house, whether or not its receiver wanted it.
    private func record(_ attempt: DeliveryAttempt, _ destination: DestinationSettings, isThrough: Bool) async {
        guard let audit = store.audit else { return }
        var facts = AuditFacts(AuditDeed.messageSent.rawValue)
        facts.client = "hl7v2:" + destination.name
        facts.requestID = attempt.controlID
        var entry = AuditEntry(facts.encoded, at: audit.now, status: isThrough ? 200 : 422)
        entry.shown = attempt.resource
        await audit.record(entry)
    }
}
