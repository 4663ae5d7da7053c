package import FHIRServer
import HTTPTypes
import JSONTape

/// Why a request about accounts or tokens was refused: the error of RFC 6749 §5.2 or one of our own of the same form.
package struct AuthError: Error, Sendable, Hashable {
    /// HTTP status.
    package var status: Int
    /// `invalid_grant`, `weak_password`, …
    package var code: String
    package var description: String
    /// Seconds for `Retry-After`.
    package var retryAfter: Int?
    /// `WWW-Authenticate`, where the client tried to authenticate by a header.
    package var challenge: String?

    package init(
        _ status: Int, _ code: String, _ description: String, retryAfter: Int? = nil, challenge: String? = nil
    ) {
        self.challenge = challenge
        self.status = status
        self.code = code
        self.description = description
        self.retryAfter = retryAfter
    }

    /// The error as an answer, which no cache may keep (RFC 6749 §5.1).
    package var answer: PageAnswer {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("error", code)
        writer.member("error_description", description)
        writer.endObject()
        var answer = PageAnswer(status, body: writer.bytes)
        answer.fields[.contentType] = "application/json"
        answer.fields[.cacheControl] = "no-store"
        answer.fields[.pragma] = "no-cache"
        if let challenge { answer.fields[.wwwAuthenticate] = challenge }
        if let retryAfter { answer.fields[.retryAfter] = String(retryAfter) }
        return answer
    }
}

extension HTTPField.Name {
    // Force unwrapped: the text is a valid field name.
    static let pragma = HTTPField.Name("Pragma")!
}
