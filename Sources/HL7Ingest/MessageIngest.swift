import FHIRFormats
package import FHIRStore
package import HL7Mapping
package import HL7Syntax
package import Logging
import PostgreSQL

/// Takes HL7 v2 messages: logs the bytes, applies the content and answers, all in one transaction.
///
/// An accepting answer is given only after the commit. A repeated delivery gets the first one's answer again and
/// changes nothing. What cannot be applied is logged all the same, for a person to look at.
package struct MessageIngest: Sendable {
    /// What goes back to the sender.
    package enum Reply: Sendable, Hashable {
        /// Acknowledgements, each in a frame of its own; none if the sender wants none (MSH-15, MSH-16).
        case send([[UInt8]])
        /// MSH cannot be read, so there is nobody to answer.
        case unreadable
        /// Nothing could be stored: the connection ends, and the sender keeps the message.
        case close
    }

    let store: FHIRStore
    let log: MessageLog
    let results: LabResults
    let handlers: [any MessageHandler]
    /// What is known of a sender: by the listener's name and the message's header.
    let profile: @Sendable (_ source: String, MessageHeader) -> SourceProfile
    private let logger: Logger

    package init(
        store: FHIRStore, finder: ResourceFinder, logger: Logger,
        profile: @escaping @Sendable (_ source: String, MessageHeader) -> SourceProfile = { source, _ in
            SourceProfile(id: source)
        }
    ) {
        self.store = store
        self.profile = profile
        self.logger = logger
        log = MessageLog(store: store)
        results = LabResults(store: store, finder: finder)
        let statements = StatedMessageHandler(store: store, service: finder.service)
        handlers = [
            PatientQueryHandler(store: store, service: finder.service),
            SchedulingHandler(statements: statements),
            statements,
        ]
    }

    /// Takes the content of one frame: a message, several, or a batch.
    package func receive(_ frame: [UInt8], source: String) async -> Reply {
        guard let batch = try? MessageBatch(splitting: frame), batch.messages.count > 1 else {
            return await receiveMessage(frame, source: source)
        }
        var answers: [[UInt8]] = []
        for message in batch.messages {
            switch await receiveMessage(message, source: source) {
            case .send(let answer): answers += answer
            case .unreadable: continue
            case .close: return .close
            }
        }
        return answers.isEmpty ? .unreadable : .send(answers)
    }

    /// Keeps bytes that are no whole message, for a person to look at.
    package func keep(_ bytes: [UInt8], source: String, reason: String) async {
        let message = ReceivedMessage(
            bytes, header: MessageHeader(reading: bytes), source: source, received: store.clock())
        do {
            try await log.write(
                MessageLog.Entry(
                    message: message, state: .quarantined, code: "", reason: reason, acknowledgement: []))
        } catch {
            logger.warning("a broken frame was not kept", metadata: ["bytes": "\(bytes.count)"])
        }
    }

    private func receiveMessage(_ bytes: [UInt8], source: String) async -> Reply {
        let message = ReceivedMessage(
            bytes, header: MessageHeader(reading: bytes), source: source, received: store.clock())
        do {
            var attempt = 0
            return try await store.retryingWhenStale {
                defer { attempt += 1 }
                return try await process(message, isRetry: attempt > 0)
            }
        } catch let error as StoreError {
            return await fail(message, error)
        } catch {
            return await fail(message, StoreError(.fault, "unexpected failure"))
        }
    }

    /// One attempt; throws `StoreError`, with `.stale` where another delivery came first.
    private func process(_ message: ReceivedMessage, isRetry: Bool) async throws -> Reply {
        guard let header = message.header else {
            try await keepUnreadable(message)
            return .unreadable
        }
        guard !header.controlID.isEmpty else {
            let issue = Acknowledgement.Issue(
                .requiredFieldMissing, at: HL7Location(segment: "MSH", sequence: 1, field: 10),
                userMessage: "MSH-10 is empty")
            return try await refuse(message, header, .rejected, issue)
        }
        let earlier = try await log.earlier(message)
        if let earlier, earlier.isSameBody {
            try await log.countRepeat(of: earlier)
            return .send(earlier.acknowledgement.isEmpty ? [] : [earlier.acknowledgement])
        }
        do {
            if let handler = handlers.first(where: { $0.takes(header) }) {
                return try await apply(with: handler, message, header, reusesControlID: earlier != nil)
            }
            let mapping = try ORUMapping(RawMessage(parsing: message.bytes), profile: profile(message.source, header))
            return try await apply(mapping, message, header, reusesControlID: earlier != nil, isRetry: isRetry)
        } catch let error as MappingError {
            if error.isIdentityDoubt {
                // The sender did its part: the content waits for a person, not the laboratory's queue.
                let issue = Acknowledgement.Issue(
                    error.code, .warning, at: error.location, userMessage: error.message)
                return try await refuse(message, header, .accepted, issue)
            }
            return try await refuse(message, header, error.outcome, error.acknowledgementIssue)
        } catch let error as HL7SyntaxError {
            return try await refuse(
                message, header, .contentError,
                Acknowledgement.Issue(.dataType, at: error.location, userMessage: error.message))
        }
    }

    private func apply(
        _ mapping: ORUMapping, _ message: ReceivedMessage, _ header: MessageHeader, reusesControlID: Bool,
        isRetry: Bool
    ) async throws -> Reply {
        switch try await results.plan(mapping, isRetry: isRetry) {
        case .hold(let reason):
            let issue = Acknowledgement.Issue(.unknownKey, .warning, userMessage: reason)
            return try await refuse(message, header, .accepted, issue)
        case .apply(var plan):
            let issues = Self.issues(of: header, plan.warnings, reusesControlID: reusesControlID)
            let answer = answer(header, .accepted, issues)
            plan.job.statements.insert(
                log.statement(
                    MessageLog.Entry(
                        message: message, state: plan.review == nil ? .applied : .quarantined,
                        code: answer.code, reason: plan.review, resources: plan.resources,
                        superseded: plan.superseded, acknowledgement: answer.frames.first ?? [])), at: 0)
            _ = try await store.run(plan.job, affinity: plan.affinity)
            return .send(answer.frames)
        }
    }

    /// Applies the message and logs it, in one transaction.
    private func apply(
        with handler: any MessageHandler, _ message: ReceivedMessage, _ header: MessageHeader, reusesControlID: Bool
    ) async throws -> Reply {
        let inbound = InboundMessage(
            message: try RawMessage(parsing: message.bytes), header: header, profile: profile(message.source, header))
        return try await store.transaction { transaction in
            let effect = try await handler.handle(inbound, in: transaction)
            var issues = Self.issues(of: header, effect.issues, reusesControlID: reusesControlID)
            if let hold = effect.hold {
                issues.append(Acknowledgement.Issue(.unknownKey, .warning, userMessage: hold))
            }
            let answer = answer(header, effect.isRefused ? .contentError : .accepted, issues, reply: effect.reply)
            let review = effect.hold.map { "\(MessageErrorCode.unknownKey.rawValue) \($0)" } ?? effect.review
            let entry = MessageLog.Entry(
                message: message, state: review == nil ? .applied : .quarantined, code: answer.code, reason: review,
                resources: effect.resources, superseded: effect.superseded,
                acknowledgement: answer.frames.first ?? [])
            let (statement, parameters) = log.statement(entry)
            _ = try await transaction.session.query(statement, parameters)
            return .send(answer.frames)
        }
    }

    /// Warnings about the message as a whole, in front of those about its content.
    private static func issues(
        of header: MessageHeader, _ warnings: [Acknowledgement.Issue], reusesControlID: Bool
    ) -> [Acknowledgement.Issue] {
        var issues = warnings
        if !header.isKnownVersion {
            let place = HL7Location(segment: "MSH", sequence: 1, field: 12)
            issues.append(Acknowledgement.Issue(.unsupportedVersion, .warning, at: place))
        }
        if reusesControlID {
            issues.insert(
                Acknowledgement.Issue(
                    .duplicateKey, .warning, at: HL7Location(segment: "MSH", sequence: 1, field: 10),
                    userMessage: "another message had this control id"), at: 0)
        }
        return issues
    }

    // MARK: - What is not applied

    /// Logs the message as held (`.accepted`), faulty or rejected, and answers so.
    private func refuse(
        _ message: ReceivedMessage, _ header: MessageHeader, _ outcome: AcknowledgementCode.Outcome,
        _ issue: Acknowledgement.Issue
    ) async throws -> Reply {
        let answer = answer(header, outcome, [issue])
        try await log.write(
            MessageLog.Entry(
                message: message, state: outcome == .rejected ? .rejected : .quarantined,
                code: answer.code, reason: "\(issue.code.rawValue) \(issue.userMessage)",
                acknowledgement: answer.frames.first ?? []))
        return .send(answer.frames)
    }

    private func keepUnreadable(_ message: ReceivedMessage) async throws {
        if let earlier = try await log.earlier(message), earlier.isSameBody {
            try await log.countRepeat(of: earlier)
            return
        }
        try await log.write(
            MessageLog.Entry(
                message: message, state: .quarantined, code: "", reason: "MSH cannot be read", acknowledgement: []))
    }

    /// What could not be written: without a database nobody is answered, else the message is kept and refused.
    private func fail(_ message: ReceivedMessage, _ error: StoreError) async -> Reply {
        switch error.code {
        case .unavailable, .overloaded, .timeout: return .close
        default: break
        }
        logger.error("message not applied", metadata: ["code": "\(error.code)", "type": "\(message.type)"])
        guard let header = message.header else { return .close }
        let code: MessageErrorCode =
            switch error.code {
            case .conflict: .recordLocked
            case .invalidContent: .dataType
            default: .internalError
            }
        let words = error.expression.map { "\(error.message) (\($0))" } ?? error.message
        let issue = Acknowledgement.Issue(code, userMessage: words)
        let answer = answer(header, .contentError, [issue])
        do {
            try await log.write(
                MessageLog.Entry(
                    message: message, state: .failed, code: answer.code,
                    reason: "\(code.rawValue) \(error.message)", acknowledgement: answer.frames.first ?? []))
            return .send(answer.frames)
        } catch {
            return .close
        }
    }

    // MARK: - Acknowledgements

    /// The acknowledgements that the sender wants: one in original mode; in enhanced mode the commit level, the
    /// application level, both or none, by MSH-15 and MSH-16 (HL7 v2.5.1 §2.9.3).
    ///
    /// A sender that values MSH-15 alone expects one answer. Storing and applying are one commit here, so it gets the
    /// stronger one, of the application level, which every engine in the field takes.
    private func answer(
        _ header: MessageHeader, _ outcome: AcknowledgementCode.Outcome, _ issues: [Acknowledgement.Issue],
        reply: MessageReply? = nil
    ) -> (code: String, frames: [[UInt8]]) {
        var application = Acknowledgement(
            to: header, code: AcknowledgementCode(outcome, original: true), issues: issues)
        if let reply { application.answer = .init(messageType: reply.messageType, segments: reply.segments) }
        if header.applicationAcknowledgement.isEmpty {
            let isWanted = application.code.isWanted(condition: header.acceptAcknowledgement)
            return (application.code.rawValue, isWanted ? [encode(application)] : [])
        }
        var levels = [Acknowledgement(to: header, outcome, issues: issues)]
        if outcome != .rejected { levels.append(application) }
        let wanted = levels.filter(\.isWanted)
        let code = (wanted.first ?? levels[0]).code.rawValue
        return (code, wanted.map(encode))
    }

    private func encode(_ acknowledgement: Acknowledgement) -> [UInt8] {
        let seconds = Int(store.clock().microsecondsSince1970 / 1_000_000)
        return acknowledgement.encode(
            controlID: String(store.makeID().suffix(20)), time: HL7Timestamp.utc(secondsSince1970: seconds))
    }
}

extension MappingError {
    /// PID-3 holds something, but nothing that says who the patient is, such as `UNKNOWN`.
    fileprivate var isIdentityDoubt: Bool {
        code == .dataType && location?.segment == "PID" && location?.field == 3
    }
}

extension MessageHeader {
    /// 2.1 to 2.9, or not stated. Others are read by the rules of the newest version.
    fileprivate var isKnownVersion: Bool {
        let numbers = versionNumbers
        return numbers.isEmpty || numbers.count > 1 && numbers[0] == 2 && (1...9).contains(numbers[1])
    }
}
