/// What is to be sent, and where: one exchange with one server.
struct Transfer: Sendable {
    enum Request: Sendable {
        case mail(MailRequest)
        case post(PostRequest)
        case get(GetRequest)
    }

    var request: Request
    /// For the connection, and for all of it, in milliseconds.
    var connectMilliseconds: Int
    var milliseconds: Int
    /// File with the certificates to trust instead of the system's.
    var authorities: String?
}

struct MailRequest: Sendable {
    /// `smtp://` or `smtps://`, with the name to greet with as its path.
    var url: String
    var needsTLS: Bool
    var wantsTLS: Bool
    var user: String?
    var password: Secret?
    var sender: String
    var recipients: [String]
    var data: [UInt8]
}

struct PostRequest: Sendable {
    var url: String
    /// Whole lines.
    var headers: [Secret]
    var proxy: String?
    var body: [UInt8]
}

struct GetRequest: Sendable {
    var url: String
    /// Whole lines.
    var headers: [String]
    var hosts: HTTPDocument.Hosts
    /// Answers may have so many bytes.
    var byteCount: Int
}

/// How a transfer went.
struct TransferResult: Sendable {
    enum Fault: Sendable {
        case unreachable
        case insecure
        case unauthorized
        case timedOut
        case interrupted
        case invalid
    }

    /// Nil if the exchange came to its end; what the status says is another matter.
    var fault: Fault?
    /// The last reply code or status; 0 if there was none.
    var status: Int
    /// The last line of a reply of SMTP.
    var lastLine: [UInt8]
    var body: [UInt8]
    /// Everything was sent, or some of a request that is short.
    var wasSent: Bool
    var retryAfterSeconds: Int?
    /// `Cache-Control` of an answer to GET.
    var cacheControl: String?
    /// The answer was longer than is kept.
    var isCut = false
    /// Where a redirect leads, as an absolute URL.
    var location: String?
}
