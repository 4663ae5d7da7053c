import FHIRFormats
import FHIRStore
import HL7Syntax

/// What trying a stored message again came to.
package struct ReplayOutcome: Sendable {
    package let message: StoredMessage
    /// Nil where the message was not tried.
    package var state: MessageState?
    package var reason: String?
    package var resources: [String] = []
    package var superseded: [String] = []
    /// Why it was not tried.
    package var obstacle: String?
}

extension MessageIngest {
    /// Applies the stored bytes of a message again, with the settings and tables of now. Doing it twice changes nothing
    /// more than doing it once: the resources are the same ones, and late results give way as always.
    /// - Parameter dryRun: tells what would come of it, and changes nothing.
    /// - Throws: `StoreError`, `.notFound` for a number that no message has.
    package func replay(_ number: Int64, dryRun: Bool = false) async throws -> ReplayOutcome {
        guard let stored = try await messages.message(number) else {
            throw StoreError(.notFound, "there is no message \(number)")
        }
        guard let body = stored.body else {
            return ReplayOutcome(message: stored, obstacle: "its text was removed when its retention time was over")
        }
        let message = ReceivedMessage(body, source: stored.listener, received: stored.received)
        var delivery = delivery(message, try await sources.current())
        // A line keeps the source under which it is known: the index that tells repeats apart holds it.
        delivery.message.source = stored.source
        delivery.slot = .stored(stored.id, revision: stored.revision)
        delivery.attempts = stored.state == .retry ? stored.attempts : 0
        delivery.isReplay = true
        var outcome = ReplayOutcome(message: stored)
        if dryRun {
            let trial = try await trial(delivery)
            outcome.state = trial.state
            outcome.reason = trial.reason
            outcome.resources = trial.resources
            outcome.superseded = trial.superseded
            return outcome
        }
        guard let processed = await attempt(delivery) else {
            throw StoreError(.unavailable, "the database is not reachable")
        }
        outcome.state = processed.state
        outcome.reason = processed.reason
        outcome.resources = processed.resources
        outcome.superseded = processed.superseded
        return outcome
    }

    /// Discards a message that waits for a person.
    /// - Throws: `StoreError`, `.notFound` for a number that no message has, `.businessRule` for a message that waits
    ///   for nobody.
    package func discard(_ number: Int64, reason: String) async throws -> StoredMessage {
        try await store.retryingWhenStale {
            guard let stored = try await messages.message(number) else {
                throw StoreError(.notFound, "there is no message \(number)")
            }
            let isWaiting = stored.state == .part && stored.due != nil
            guard isWaiting || [.quarantined, .failed, .retry, .received, .discarded].contains(stored.state) else {
                throw StoreError(
                    .businessRule, "the message is \(stored.state.rawValue): only those that wait can be discarded",
                    details: "message-state")
            }
            try await processor.log.discard(stored, reason: reason)
            return try await messages.message(number) ?? stored
        }
    }

    /// The log, for looking things up.
    package var messages: MessageQuery { MessageQuery(store: store) }

    /// What processing would come to, without its effects.
    private func trial(_ delivery: MessageProcessor.Delivery) async throws -> MessageProcessor.Processed {
        do {
            return try await store.retryingWhenStale { try await processor.trial(delivery) }
        } catch let error as StoreError where error.code != .unavailable && error.code != .overloaded {
            return MessageProcessor.Processed(
                answer: nil, number: delivery.slot?.number ?? 0, state: .failed, reason: error.message)
        }
    }
}
