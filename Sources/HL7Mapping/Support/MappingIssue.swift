package import HL7Syntax

/// Something that was kept but not fully understood. Never repeats the value, so it may be logged.
package struct MappingIssue: Sendable, Hashable {
    package let code: MessageErrorCode
    package let location: HL7Location?
    package let message: String

    /// The row for an acknowledgement.
    package var acknowledgementIssue: Acknowledgement.Issue {
        Acknowledgement.Issue(code, .warning, at: location, userMessage: message)
    }
}
