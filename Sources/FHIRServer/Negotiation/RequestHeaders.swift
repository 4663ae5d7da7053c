package import HTTPTypes

/// The header fields that the server looks at, gathered in one pass: `HTTPFields` builds a hash index on lookup.
package struct RequestHeaders: Sendable {
    package var accept: String?
    package var acceptEncoding: String?
    /// `X-Martlet-Actor`: who acts, where nobody has to sign in.
    package var actor: String?
    package var authorization: String?
    package var contentEncoding: String?
    package var contentLength: Int?
    package var contentType: String?
    package var conditions = Conditions()
    package var expectsContinue = false
    /// `X-Forwarded-For`: for whom a proxy asks, all fields in one.
    package var forwardedFor: String?
    package var ifRange: String?
    package var isChunked = false
    /// `Origin`: the web page whose script asks.
    package var origin: String?
    /// `Access-Control-Request-Method`: what the script will ask.
    package var plannedMethod: String?
    package var range: String?
    package var requestID: String?
    package var securityContext: String?
    /// `X-Martlet-Signature`, of webhooks.
    package var signature: String?

    package init() {}

    package init(_ fields: HTTPFields) {
        for field in fields {
            switch field.name.canonicalName {
            case "accept":
                accept = accept.map { "\($0), \(field.value)" } ?? field.value
            case "accept-language":
                conditions.acceptLanguage = Self.list(conditions.acceptLanguage, field.value)
            case "accept-encoding":
                acceptEncoding = field.value
            case "authorization":
                authorization = field.value
            case "content-encoding":
                contentEncoding = field.value
            case "content-length":
                contentLength = Int(field.value)
            case "content-type":
                contentType = field.value
            case "expect":
                expectsContinue = field.value.lowercased() == "100-continue"
            case "idempotency-key":
                conditions.idempotencyKey = field.value
            case "if-match":
                conditions.ifMatch = Self.list(conditions.ifMatch, field.value)
            case "if-none-match":
                conditions.ifNoneMatch = Self.list(conditions.ifNoneMatch, field.value)
            case "if-modified-since":
                conditions.ifModifiedSince = field.value
            case "if-range":
                ifRange = field.value
            case "if-none-exist":
                conditions.ifNoneExist = field.value
            case "origin":
                origin = field.value
            case "access-control-request-method":
                plannedMethod = field.value
            case "prefer":
                conditions.prefer.merge(field.value)
            case "range":
                range = field.value
            case "transfer-encoding":
                isChunked = true
            case "x-forwarded-for":
                forwardedFor = Self.list(forwardedFor, field.value)
            case "x-martlet-actor":
                actor = field.value
            case "x-martlet-signature":
                signature = field.value
            case "x-request-id":
                requestID = field.value
            case "x-security-context":
                securityContext = field.value
            default:
                break
            }
        }
    }

    private static func list(_ first: String?, _ next: String) -> String {
        first.map { "\($0), \(next)" } ?? next
    }
}

/// Conditions and preferences of one interaction: from header fields, or from a bundle entry's request.
package struct Conditions: Sendable, Hashable {
    package var ifMatch: String?
    package var ifNoneMatch: String?
    package var ifModifiedSince: String?
    package var ifNoneExist: String?
    /// `Idempotency-Key`, for operations.
    package var idempotencyKey: String?
    /// `Accept-Language`, for displays of codes.
    package var acceptLanguage: String?
    package var prefer = Preference()

    package init() {}
}
