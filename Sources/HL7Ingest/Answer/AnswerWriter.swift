import FHIRFormats
import FHIRStore
import HL7Mapping
import HL7Syntax

/// Writes the acknowledgements that a sender wants.
struct AnswerWriter: Sendable {
    let store: FHIRStore

    /// The answer to one message.
    struct Answer: Sendable {
        /// MSA-1 of the first, or of the one that is not wanted.
        var code: String
        /// Each is to be sent in a frame of its own.
        var frames: [[UInt8]]
    }

    /// One answer in original mode; in enhanced mode the commit level, the application level, both or none, by MSH-15
    /// and MSH-16 (HL7 v2.5.1 §2.9.3).
    ///
    /// A sender that values MSH-15 alone expects one answer. Storing and applying are one commit here, so it gets the
    /// stronger one, of the application level, which every engine in the field takes.
    /// - Parameters:
    ///   - issues: why a message is held stands last.
    ///   - isApplied: false if the content will be looked at later, so that only the commit level can answer.
    func answer(
        _ header: MessageHeader, _ verdict: Verdict, _ issues: [Acknowledgement.Issue] = [],
        reply: MessageReply? = nil, isApplied: Bool = true
    ) -> Answer {
        guard !header.applicationAcknowledgement.isEmpty else {
            let application = application(header, verdict.outcome, issues, reply)
            let isWanted = application.code.isWanted(condition: header.acceptAcknowledgement)
            return Answer(code: application.code.rawValue, frames: isWanted ? [encode(application)] : [])
        }
        var levels = [Acknowledgement(to: header, verdict.outcome, issues: issues)]
        if verdict == .held {
            // The transport's part is done (CA); that the content waits is the application's affair, and an error.
            var errors = issues
            if !errors.isEmpty { errors[errors.count - 1].severity = .error }
            levels.append(application(header, .contentError, errors, reply))
        } else if verdict != .rejected, isApplied {
            levels.append(application(header, verdict.outcome, issues, reply))
        }
        let wanted = levels.filter(\.isWanted)
        return Answer(code: (wanted.first ?? levels[0]).code.rawValue, frames: wanted.map(encode))
    }

    private func application(
        _ header: MessageHeader, _ outcome: AcknowledgementCode.Outcome, _ issues: [Acknowledgement.Issue],
        _ reply: MessageReply?
    ) -> Acknowledgement {
        var application = Acknowledgement(
            to: header, code: AcknowledgementCode(outcome, original: true), issues: issues)
        if let reply { application.answer = .init(messageType: reply.messageType, segments: reply.segments) }
        return application
    }

    private func encode(_ acknowledgement: Acknowledgement) -> [UInt8] {
        acknowledgement.encode(controlID: makeControlID(), time: now())
    }

    /// MSH-10 of an answer.
    func makeControlID() -> String { String(store.makeID().suffix(20)) }

    /// MSH-7 of an answer.
    func now() -> String {
        HL7Timestamp.utc(secondsSince1970: Int(store.clock().microsecondsSince1970 / 1_000_000))
    }
}

extension Verdict {
    fileprivate var outcome: AcknowledgementCode.Outcome {
        switch self {
        case .accepted, .held: .accepted
        case .contentError: .contentError
        case .rejected: .rejected
        }
    }
}
