/// The answer to a message: MSH, MSA and ERR segments. HL7 v2.5.1 §2.9, §2.15.
///
///     MSH|^~\&|<MSH-5>|<MSH-6>|<MSH-3>|<MSH-4>|<time>||ACK^R01^ACK|<new id>|<MSH-11>|<MSH-12>
///     MSA|AE|<MSH-10>|Required field missing
///     ERR||PID^1^3|101^Required field missing^HL70357|E||||no patient identifier
package struct Acknowledgement: Sendable {
    /// One ERR segment.
    package struct Issue: Sendable, Hashable {
        package var location: HL7Location?
        package var code: MessageErrorCode
        package var severity: MessageErrorSeverity
        /// ERR-8. Must not repeat the content of the field it complains about.
        package var userMessage: String

        package init(
            _ code: MessageErrorCode, _ severity: MessageErrorSeverity = .error, at location: HL7Location? = nil,
            userMessage: String = ""
        ) {
            self.code = code
            self.severity = severity
            self.location = location
            self.userMessage = userMessage
        }
    }

    /// An application's answer, which carries MSA and ERR like an acknowledgement.
    package struct Answer: Sendable {
        /// MSH-9: type, trigger event, structure.
        package var messageType: [String]
        /// Segments behind MSA and ERR.
        package var segments: [SegmentBuilder]

        package init(messageType: [String], segments: [SegmentBuilder]) {
            self.messageType = messageType
            self.segments = segments
        }
    }

    /// ERR segments written at most; a message may carry thousands of equal faults.
    package static let issueLimit = 20

    package var code: AcknowledgementCode
    package var issues: [Issue]
    /// What makes it more than an acknowledgement, such as an ORR or RSP; nil for an ACK.
    package var answer: Answer?
    let header: MessageHeader

    /// Answers the message that `header` was read from.
    package init(to header: MessageHeader, code: AcknowledgementCode, issues: [Issue] = []) {
        self.header = header
        self.code = code
        self.issues = issues
    }

    /// The immediate answer: `AA`, `AE`, `AR` in original mode, `CA`, `CR` in enhanced mode.
    package init(to header: MessageHeader, _ outcome: AcknowledgementCode.Outcome, issues: [Issue] = []) {
        self.init(
            to: header, code: AcknowledgementCode(outcome, original: header.isOriginalMode), issues: issues)
    }

    /// Whether the sender wants this answer, by MSH-15 or MSH-16.
    package var isWanted: Bool {
        if header.isOriginalMode { return true }
        switch code {
        case .commitAccept, .commitError, .commitReject:
            // An empty MSH-15 beside a valued MSH-16 means that no commit acknowledgement is due.
            return code.isWanted(
                condition: header.acceptAcknowledgement.isEmpty ? "NE" : header.acceptAcknowledgement)
        default:
            return code.isWanted(
                condition: header.applicationAcknowledgement.isEmpty ? "NE" : header.applicationAcknowledgement)
        }
    }

    /// The bytes of the answer, with the sender's own separators and character set.
    /// - Parameters:
    ///   - controlID: MSH-10 of the answer, unique per sender of answers; at most 20 characters to suit old readers.
    ///   - time: MSH-7, such as `20240501120000+0000`.
    package func encode(controlID: String, time: String) -> [UInt8] {
        var builder = MessageBuilder(delimiters: header.delimiters, charset: header.charset)
        builder.append(messageHeader(controlID: controlID, time: time))
        builder.append(messageAcknowledgement)
        for issue in issues.prefix(Self.issueLimit) { builder.append(error(issue)) }
        for segment in answer?.segments ?? [] { builder.append(segment) }
        return builder.encode()
    }

    private func messageHeader(controlID: String, time: String) -> SegmentBuilder {
        var segment = SegmentBuilder("MSH", delimiters: header.delimiters)
        segment.set(3, .encoded(header.receivingApplication))
        segment.set(4, .encoded(header.receivingFacility))
        segment.set(5, .encoded(header.sendingApplication))
        segment.set(6, .encoded(header.sendingFacility))
        segment.set(7, .text(time))
        let hasTrigger = !header.triggerEvent.isEmpty
        segment.set(
            9, .components(answer?.messageType ?? (hasTrigger ? ["ACK", header.triggerEvent, "ACK"] : ["ACK"])))
        segment.set(10, .text(controlID))
        segment.set(11, .encoded(header.processingID))
        segment.set(12, .encoded(header.version))
        if !header.characterSet.isEmpty { segment.set(18, .encoded(header.characterSet)) }
        return segment
    }

    private var messageAcknowledgement: SegmentBuilder {
        var segment = SegmentBuilder("MSA", delimiters: header.delimiters)
        segment.set(1, .text(code.rawValue))
        segment.set(2, .text(header.controlID))
        if let first = issues.first, !code.isPositive {
            // Readers of 2.x give MSA-3 at most 80 characters; the rest is in ERR.
            let text = first.userMessage.isEmpty ? first.code.text : first.userMessage
            segment.set(3, .text(String(text.prefix(80))))
        }
        return segment
    }

    private func error(_ issue: Issue) -> SegmentBuilder {
        var segment = SegmentBuilder("ERR", delimiters: header.delimiters)
        if isBeforeVersion25, let location = issue.location {
            segment.set(1, .tree([Self.oldLocation(location, issue.code)]))
        }
        if let location = issue.location { segment.set(2, .components(Self.newLocation(location))) }
        segment.set(3, .components(["\(issue.code.rawValue)", issue.code.text, "HL70357"]))
        segment.set(4, .text(issue.severity.rawValue))
        if !issue.userMessage.isEmpty { segment.set(8, .text(String(issue.userMessage.prefix(250)))) }
        return segment
    }

    /// Up to 2.4 the place and the code stood together in ERR-1; later fields are ignored by such readers.
    private var isBeforeVersion25: Bool {
        header.versionNumbers.lexicographicallyPrecedes([2, 5])
    }

    /// ELD: segment, sequence, field, code as subcomponents.
    private static func oldLocation(_ location: HL7Location, _ code: MessageErrorCode) -> [[String]] {
        [
            [location.segment], ["\(location.sequence)"], [location.field.map { "\($0)" } ?? ""],
            ["\(code.rawValue)", code.text, "HL70357"],
        ]
    }

    /// ERL: segment, sequence, field, repetition, component, subcomponent.
    private static func newLocation(_ location: HL7Location) -> [String] {
        let numbers = [
            location.sequence, location.field, location.repetition, location.component, location.subcomponent,
        ]
        return [location.segment] + numbers.map { $0.map { "\($0)" } ?? "" }
    }
}
