/// MSA-1. HL7 table 0008.
package enum AcknowledgementCode: String, Sendable, Hashable, CaseIterable {
    case applicationAccept = "AA"
    case applicationError = "AE"
    case applicationReject = "AR"
    case commitAccept = "CA"
    case commitError = "CE"
    case commitReject = "CR"

    /// The verdict without the mode.
    package enum Outcome: Sendable, Hashable {
        /// Stored; applied or held for review.
        case accepted
        /// Stored, but its content cannot be applied.
        case contentError
        /// Not taken: the sender must change something first.
        case rejected
    }

    /// The code of an immediate answer. In enhanced mode that is the commit level: once stored, a fault of content
    /// is no longer the transport's matter, so it is `CA` there and `AE` in the application acknowledgement.
    package init(_ outcome: Outcome, original: Bool) {
        switch (outcome, original) {
        case (.accepted, true): self = .applicationAccept
        case (.contentError, true): self = .applicationError
        case (.rejected, true): self = .applicationReject
        case (.accepted, false), (.contentError, false): self = .commitAccept
        case (.rejected, false): self = .commitReject
        }
    }

    /// Whether this is `AA` or `CA`.
    package var isPositive: Bool { self == .applicationAccept || self == .commitAccept }

    /// Whether a sender that states `condition` in MSH-15 (commit) or MSH-16 (application) wants this one.
    /// HL7 table 0155: `AL` always, `NE` never, `ER` on error or reject only, `SU` on success only.
    package func isWanted(condition: String) -> Bool {
        switch condition {
        case "NE": false
        case "ER": !isPositive
        case "SU": isPositive
        default: true
        }
    }
}

/// ERR-3. HL7 table 0357.
package enum MessageErrorCode: Int, Sendable, Hashable, CaseIterable {
    case accepted = 0
    case segmentSequence = 100
    case requiredFieldMissing = 101
    case dataType = 102
    case tableValueNotFound = 103
    case valueTooLong = 104
    case unsupportedMessageType = 200
    case unsupportedEventCode = 201
    case unsupportedProcessingID = 202
    case unsupportedVersion = 203
    case unknownKey = 204
    case duplicateKey = 205
    case recordLocked = 206
    case internalError = 207

    /// The table's own wording.
    package var text: String {
        switch self {
        case .accepted: "Message accepted"
        case .segmentSequence: "Segment sequence error"
        case .requiredFieldMissing: "Required field missing"
        case .dataType: "Data type error"
        case .tableValueNotFound: "Table value not found"
        case .valueTooLong: "Value too long"
        case .unsupportedMessageType: "Unsupported message type"
        case .unsupportedEventCode: "Unsupported event code"
        case .unsupportedProcessingID: "Unsupported processing id"
        case .unsupportedVersion: "Unsupported version id"
        case .unknownKey: "Unknown key identifier"
        case .duplicateKey: "Duplicate key identifier"
        case .recordLocked: "Application record locked"
        case .internalError: "Application internal error"
        }
    }
}

/// ERR-4. HL7 table 0516.
package enum MessageErrorSeverity: String, Sendable, Hashable, CaseIterable {
    case information = "I"
    case warning = "W"
    case error = "E"
    case fatal = "F"
}
