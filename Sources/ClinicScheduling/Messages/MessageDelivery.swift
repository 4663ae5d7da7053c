package import Carriers
package import Clinic
import FHIRFormats
package import FHIRStore

/// Sends the messages that are due. Any number of servers may do so at once: each leases what it sends, looks at
/// everything again, sends, and then records that it did. If it ends in between, the lease runs out and the next one
/// sends it again under the same key.
package struct MessageDelivery: ClinicJob {
    package let name = "message-delivery"
    package let interval = Duration.seconds(3)
    /// Nearly all of its time is that of mail servers and providers.
    package let burdensDatabase = false
    private let carriers: [String: any MessageCarrier]

    /// - Parameter carriers: by channel, `email` or `sms`; messages of other channels wait.
    package init(carriers: [String: any MessageCarrier]) { self.carriers = carriers }

    package func run(_ store: FHIRStore) async throws -> Int {
        let channels = carriers.keys.sorted()
        let (count, messages) = try await store.transaction { transaction in
            let leased = try await MessageQueue(transaction: transaction).lease(channels)
            let (messages, others) = try await MessageReview(transaction).look(at: leased)
            try await MessageRecord(transaction).begin(messages, settle: others)
            return (leased.count, messages)
        }
        guard !messages.isEmpty else { return count }
        // Not part of this task, which ends with the server: what was handed over has to be put down.
        let work = Task { try await deliver(messages, store) }
        try await work.value
        return count
    }

    private func deliver(_ messages: [DueMessage], _ store: FHIRStore) async throws {
        let subject = try await store.transaction { try await SchedulingRules.messageSubject.text(in: $0) }
        let outcomes = await withTaskGroup(of: (DueMessage, MessageOutcome?).self) { group in
            for message in messages {
                group.addTask { (message, await send(message, subject, now: store.clock())) }
            }
            var found: [(message: DueMessage, outcome: MessageOutcome)] = []
            for await (message, outcome) in group {
                if let outcome { found.append((message, outcome)) }
            }
            return found
        }
        guard !outcomes.isEmpty else { return }
        try await store.transaction { try await MessageRecord($0).end(outcomes) }
    }

    /// Nil if nobody knows: then the lease runs out.
    private func send(_ message: DueMessage, _ subject: String, now: Instant) async -> MessageOutcome? {
        guard let carrier = carriers[message.channel] else { return .again(at: now) }
        let notice = Notice(
            id: "\(message.isReminder ? "reminder" : "notice")-\(message.id)", recipient: message.address,
            subject: message.channel == "email" ? subject : "", text: message.text,
            createdSeconds: now.microsecondsSince1970 / 1_000_000)
        do {
            _ = try await carrier.send(notice)
            return .sent
        } catch is CancellationError {
            return nil
        } catch let error as CarrierError {
            if error.isPermanent { return .failed(error.description) }
            if error.mayHaveArrived, !carrier.knowsRepeats {
                return .failed("\(error.description); it may have arrived all the same")
            }
            return retry(message, now, seconds: error.retryAfterSeconds, error.description)
        } catch {
            return retry(message, now, seconds: nil, "the carrier failed")
        }
    }

    /// Soon at first, then every quarter of an hour, as long as it is of use.
    private func retry(_ message: DueMessage, _ now: Instant, seconds: Int?, _ reason: String) -> MessageOutcome {
        let usual = 5 << (2 * min(message.attempts - 1, 4))
        let next = now.adding(seconds: max(1, min(seconds ?? usual, 900)))
        return next < message.end ? .again(at: next) : .failed(reason)
    }
}

extension Instant {
    func adding(seconds: Int) -> Instant {
        Instant(microsecondsSince1970: microsecondsSince1970 + Int64(seconds) * 1_000_000)
    }
}
