/// Why a message got no answer.
package struct MLLPClientError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Code: String, Sendable, Hashable, CaseIterable {
        /// The connection could not be made.
        case connectFailed
        /// A certificate or key of our own cannot be used.
        case tlsSetupFailed
        /// The other side is not to be trusted, does not trust us, or does not speak TLS. Nothing was sent.
        case tlsFailed
        /// It ended before the answer came. The message may or may not have been taken: send it again.
        case connectionClosed
        /// No answer in time. As above.
        case timedOut
        /// `close()` was called.
        case clientClosed
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { "\(code.rawValue): \(message)" }
}
