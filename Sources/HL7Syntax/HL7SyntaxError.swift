/// Why bytes are not a message. Says where, never what stood there, so that it may be logged.
package struct HL7SyntaxError: Error, Sendable, Hashable {
    /// The closed list of syntax faults; everything else about a message is tolerated and kept.
    package enum Code: String, Sendable, Hashable, CaseIterable {
        /// Nothing but white space.
        case empty
        /// The text does not begin with the header segment wanted (`MSH`).
        case headerMissing
        /// MSH-1 or MSH-2 is missing, holds a letter, digit, blank or control character, or the same one twice.
        case delimitersInvalid
        case messageTooLarge
        case tooManySegments
        case tooManyFields
        /// An envelope (FHS, BHS) without the trailer that closes it, or the reverse.
        case envelopeBroken
    }

    package let code: Code
    package let location: HL7Location?
    package let message: String

    package init(_ code: Code, at location: HL7Location? = nil, message: String) {
        self.code = code
        self.location = location
        self.message = message
    }
}

extension HL7SyntaxError: CustomStringConvertible {
    package var description: String {
        location.map { "\(code.rawValue) at \($0): \(message)" } ?? "\(code.rawValue): \(message)"
    }
}
