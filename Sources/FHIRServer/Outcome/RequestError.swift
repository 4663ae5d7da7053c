package import JSONTape

/// Why the server refuses a request before the store sees it.
package struct RequestError: Error, Sendable {
    package enum Code: String, Sendable, CaseIterable {
        /// Malformed in a way that no other code names (400).
        case malformed
        /// Body and address disagree, or the body is no resource (400).
        case wrongResource
        /// No valid access token (401).
        case unauthorized
        /// The token does not allow this (403).
        case forbidden
        /// Nothing lives at this path (404).
        case unknownPath
        /// The path names no resource type of R4 (404).
        case unknownType
        /// There is no such operation at this place (404).
        case unknownOperation
        /// The path exists, the method does not (405).
        case methodNotAllowed
        /// More requests than this caller may send (429, with `Retry-After`).
        case tooManyRequests
        /// None of the formats asked for can be written (406).
        case notAcceptable
        /// The body did not arrive in time (408).
        case bodyTimeout
        /// The body is larger than the limit (413).
        case bodyTooLarge
        /// The answer would be larger than the limit (400).
        case answerTooLarge
        /// The body's format cannot be read (415).
        case unsupportedMediaType
        /// No patch is sent in this format (415, with `Accept-Patch`).
        case unsupportedPatchType
        /// The standard has it, this server does not (400).
        case notSupported
    }

    package var code: Code
    package var message: String
    package var expression: String?
    /// Methods for `Allow`, with `.methodNotAllowed`.
    package var allow: [RequestMethod]
    /// `error` of `WWW-Authenticate` (RFC 6750 §3.1), with `.unauthorized` and `.forbidden`.
    package var challenge: String?
    /// Seconds for `Retry-After`, with `.tooManyRequests`.
    package var retryAfter: Int?

    package init(
        _ code: Code, _ message: String, expression: String? = nil, allow: [RequestMethod] = [],
        challenge: String? = nil, retryAfter: Int? = nil
    ) {
        self.retryAfter = retryAfter
        self.challenge = challenge
        self.code = code
        self.message = message
        self.expression = expression
        self.allow = allow
    }
}

/// A resource that breaks rules of the standard: everything found, not only the first.
package struct InvalidResource: Error, Sendable {
    package var issues: [OutcomeIssue]

    package init(issues: [OutcomeIssue]) {
        self.issues = issues
    }
}

/// JSON that cannot be parsed, with the place for people.
package struct MalformedBody: Error, Sendable {
    package var code: JSONSyntaxError.Code
    package var message: String
    /// From 1, the column in bytes.
    package var line: Int
    package var column: Int
    /// FHIRPath of the place, where the text is a resource.
    package var expression: String?

    package init(_ error: JSONSyntaxError, in text: some Sequence<UInt8>, expression: String? = nil) {
        self.expression = expression
        code = error.code
        message = error.message
        (line, column) = error.lineAndColumn(in: text)
    }
}
