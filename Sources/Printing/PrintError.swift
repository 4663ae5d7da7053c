/// Why something could not be printed. Safe to log: quotes nothing that was to be printed.
package struct PrintError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// More text than the largest QR code holds.
        case textTooLong
        /// A measure out of its bounds, or a text that cannot be encoded.
        case invalid
        /// More rows, text or pixels than one document may have.
        case tooLarge
        /// The picture is no PNG, or a damaged one.
        case unreadableImage
        /// The library gave up, for want of memory as a rule.
        case failed
    }

    package var code: Code
    /// One sentence for people.
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
