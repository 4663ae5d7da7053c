package import HL7Syntax

/// Why a message cannot be mapped. Carries what the acknowledgement needs.
package struct MappingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// ERR-3.
    package let code: MessageErrorCode
    /// `.rejected` (AR) for what the sender must change, `.contentError` (AE) for what a person has to look at.
    package let outcome: AcknowledgementCode.Outcome
    /// ERR-4.
    package let severity: MessageErrorSeverity
    package let location: HL7Location?
    /// Names no value of the message.
    package let message: String

    package init(
        _ code: MessageErrorCode, _ outcome: AcknowledgementCode.Outcome, at location: HL7Location?, _ message: String
    ) {
        self.code = code
        self.outcome = outcome
        self.location = location
        self.message = message
        severity = .error
    }

    /// The row for an acknowledgement.
    package var acknowledgementIssue: Acknowledgement.Issue {
        Acknowledgement.Issue(code, severity, at: location, userMessage: message)
    }

    package var description: String { "\(code.rawValue) at \(location.map(\.description) ?? "message"): \(message)" }
}
