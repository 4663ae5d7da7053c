import FHIRFormats
import FHIRStore
import HL7Mapping
import HL7Syntax

/// Messages that come in several parts, each a message of its own. HL7 v2.5.1 §2.10.2.
extension MessageProcessor {
    /// What one of several parts comes to.
    enum PartOutcome {
        /// All parts are here, and this is the message that they make.
        case whole(RawMessage)
        /// Nothing is to be applied, or not yet.
        case settled(Processed)
    }

    /// Whether the message is only a part of one: filed by itself, it could say half of what was meant. A query's
    /// pointer (DSC) asks for the next page and is none of this.
    static func isPart(_ message: RawMessage, _ header: MessageHeader) -> Bool {
        message.isFragment && header.messageType.first != "Q"
    }

    /// Keeps a part until the others are here. It is answered like a message whose content is still to be applied;
    /// the part that completes it, by what comes of the whole.
    func part(
        _ message: RawMessage, _ delivery: Delivery, _ header: MessageHeader
    ) async throws -> PartOutcome {
        if let number = delivery.slot?.number, let whole = try await parts.whole(of: number) {
            if whole == number {
                return .whole(try await parts.assembled(number, charset: delivery.settings.charset))
            }
            return .settled(
                Processed(answer: nil, number: number, state: .part, reason: "joined into message \(whole)"))
        }
        let slot = try await self.slot(delivery)
        let deadline = Instant(
            microsecondsSince1970: delivery.message.received.microsecondsSince1970
                + Int64(MessagePartTable.patienceSeconds) * 1_000_000)
        // Only a part that was kept already can be late.
        let isLate = delivery.slot != nil && store.clock() >= deadline
        let answer = answers.answer(header, .accepted, [], isApplied: false)
        var entry = self.entry(
            delivery, .part, answer, reason: "waits for the rest of the message",
            keys: MessageKeys.keys(of: message, header))
        entry.attempts = delivery.attempts
        entry.due = deadline
        var job = StoreJob()
        if !isLate { job.statements.append(log.statement(entry, in: slot)) }
        job.statements.append(parts.statement(delivery.message, message.partPointers, number: slot.number))
        _ = try await store.run(job)
        if let chain = try await parts.chain(of: slot.number, delivery.message) {
            try await parts.join(chain, in: slot.number)
            var processed = Processed(answer: answer, number: slot.number, state: .received)
            processed.isCompleted = true
            return .settled(processed)
        }
        guard isLate else { return .settled(processed(entry, answer, slot)) }
        let issue = Acknowledgement.Issue(
            .segmentSequence, .warning, at: HL7Location(segment: "MSH", sequence: 1, field: 14),
            userMessage: "the rest of the message did not come")
        return .settled(try await refuse(delivery, header, .held, issue))
    }

    /// What a part would come to; nothing is changed.
    func trialPart(_ delivery: Delivery, _ number: Int64) async throws -> PartOutcome {
        switch try await parts.whole(of: number) {
        case number?: .whole(try await parts.assembled(number, charset: delivery.settings.charset))
        case let whole?:
            .settled(Processed(answer: nil, number: number, state: .part, reason: "joined into message \(whole)"))
        case nil:
            .settled(Processed(answer: nil, number: number, state: .part, reason: "waits for the rest of the message"))
        }
    }
}
