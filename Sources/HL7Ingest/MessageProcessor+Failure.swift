import FHIRFormats
import FHIRStore
import HL7Mapping
import HL7Syntax

extension MessageProcessor {
    /// Keeps a message whose content could not be written.
    ///
    /// A reason that may pass (206, a time-out) puts it into the retry queue, with growing pauses, until its attempts
    /// are used up; then it waits for a person. So does what breaks a rule. A fault of ours is `failed`.
    func fail(
        _ delivery: Delivery, _ header: MessageHeader, _ error: StoreError, _ schedule: RetrySchedule
    ) async throws -> Processed {
        let attempts = delivery.attempts + 1
        let code = error.acknowledgementCode
        var state = MessageState.failed
        var due: Instant?
        switch code {
        case .recordLocked:
            let delay = schedule.delay(afterAttempt: attempts)
            state = delay == nil ? .quarantined : .retry
            due = delay.map {
                Instant(microsecondsSince1970: store.clock().microsecondsSince1970 + Int64($0) * 1_000_000)
            }
        case .internalError: break
        default: state = .quarantined
        }
        let words = error.expression.map { "\(error.message) (\($0))" } ?? error.message
        let issue = Acknowledgement.Issue(code, code == .internalError ? .fatal : .error, userMessage: words)
        let answer = answers.answer(header, .contentError, [issue])
        let slot: MessageLog.Slot
        if let stored = try await log.refreshed(delivery.slot) { slot = stored } else { slot = try await log.newSlot() }
        let entry = MessageLog.Entry(
            message: delivery.message, state: state, code: answer.code, reason: "\(code.rawValue) \(error.message)",
            acknowledgement: answer.frames.first ?? [], keys: MessageKeys.keys(ofBytes: delivery.message),
            attempts: attempts, due: due)
        try await log.write(entry, in: slot)
        return Processed(answer: answer, number: slot.number, state: state, reason: entry.reason)
    }
}

extension StoreError {
    /// ERR-3.
    fileprivate var acknowledgementCode: MessageErrorCode {
        switch code {
        case .conflict, .stale, .timeout, .versionConflict: .recordLocked
        case .invalidContent, .tooLarge: .dataType
        case .businessRule, .preconditionFailed: .tableValueNotFound
        default: .internalError
        }
    }
}
