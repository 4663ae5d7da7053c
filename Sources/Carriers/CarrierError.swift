/// Why a message was not handed over. Safe to log: holds no address, text, URL or secret, and none of the words of the
/// other side, which likes to repeat them.
package struct CarrierError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// The message or the configuration has something that cannot be sent, such as a line feed in a subject.
        case invalid
        /// The other side will not take this message: 5xx of SMTP; 4xx of HTTP but for those below.
        case refused
        /// The other side asks to try later: 4xx of SMTP; 408, 409, 425, 429 and 5xx of HTTP.
        case deferred
        /// No connection: unknown host, nobody there, no route.
        case unreachable
        /// No safe connection: no TLS, or a certificate that does not hold.
        case insecure
        /// The user or the password was not accepted, or one is wanted: 530, 534, 535 and 538 of SMTP; 401 and 407
        /// of HTTP.
        case unauthorized
        /// It took longer than allowed.
        case timedOut
        /// The connection went away under way.
        case interrupted
        /// A redirect to somewhere else, or too many.
        case redirected
        /// More messages are waiting than allowed; nothing was sent.
        case overloaded
    }

    package var code: Code
    /// Reply code of SMTP or status of HTTP, where there was one.
    package var status: Int?
    /// Such as `5.1.1`, where the server gave one (RFC 3463).
    package var enhancedStatus: String?
    /// The message was sent and the answer is missing or vague: it may have been taken. Another try may deliver it
    /// twice, unless the other side looks at its id.
    package var mayHaveArrived: Bool
    /// What the other side wants to be waited for.
    package var retryAfterSeconds: Int?
    /// One sentence for people.
    package var message: String

    package init(
        _ code: Code, _ message: String, status: Int? = nil, enhancedStatus: String? = nil,
        mayHaveArrived: Bool = false, retryAfterSeconds: Int? = nil
    ) {
        self.code = code
        self.status = status
        self.enhancedStatus = enhancedStatus
        self.mayHaveArrived = mayHaveArrived
        self.retryAfterSeconds = retryAfterSeconds
        self.message = message
    }

    /// Whether another try of the same message is useless. What an administrator can mend (passwords, certificates,
    /// addresses of servers) is no fault of the message, and not permanent.
    package var isPermanent: Bool {
        switch code {
        case .invalid, .refused: true
        case .deferred, .unreachable, .insecure, .unauthorized, .timedOut, .interrupted, .redirected, .overloaded:
            false
        }
    }

    package var description: String {
        var text = message
        if let status { text += " (status \(status)\(enhancedStatus.map { ", \($0)" } ?? ""))" }
        return text
    }
}
