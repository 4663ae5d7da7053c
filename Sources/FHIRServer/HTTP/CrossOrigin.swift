import HTTPTypes
import HummingbirdCore

/// Knows from which web pages scripts may ask.
package protocol OriginPolicy: Sendable {
    /// - Parameter origin: as browsers write it: `https://app.example`.
    func allows(origin: String) async throws -> Bool
}

/// Cross-origin requests of browsers (https://fetch.spec.whatwg.org/#http-cors-protocol).
///
/// Callers show bearer tokens, never cookies, so `Access-Control-Allow-Credentials` is never said.
enum CrossOrigin {
    /// Fields that let a script from an allowed origin read the answer.
    static func fields(for origin: String) -> [HTTPField] {
        [
            HTTPField(name: .accessControlAllowOrigin, value: origin),
            HTTPField(name: .vary, value: "Origin"),
            HTTPField(name: .accessControlExposeHeaders, value: exposed),
        ]
    }

    /// What a browser asks before it sends a request that forms could not have sent.
    static func preflight(for origin: String) -> HTTPFields {
        var fields = HTTPFields()
        fields[.accessControlAllowOrigin] = origin
        fields[.vary] = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"
        fields[.accessControlAllowMethods] = "GET, HEAD, POST, PUT, PATCH, DELETE"
        fields[.accessControlAllowHeaders] = taken
        fields[.accessControlMaxAge] = "600"
        return fields
    }

    private static let exposed =
        "Location, Content-Location, ETag, Last-Modified, Retry-After, WWW-Authenticate, X-Request-Id, Link, "
        + "Preference-Applied"
    private static let taken =
        "Authorization, Accept, Accept-Language, Content-Type, If-Match, If-None-Match, If-Modified-Since, "
        + "If-None-Exist, Prefer, Idempotency-Key, X-Request-Id, X-Security-Context"
}

extension RequestHandler {
    /// The origin of a request by a script that may read the answer; nil for all others, who need no permission or get
    /// none.
    func allowedOrigin(_ headers: RequestHeaders) async -> String? {
        guard let origin = headers.origin, let origins, origin.utf8.count <= 300 else { return nil }
        // Without knowing better nothing is allowed; the request itself goes on.
        return (try? await origins.allows(origin: origin)) == true ? origin : nil
    }

    @concurrent func answerPreflight(
        from origin: String, path: Substring, _ requestID: String, _ start: ContinuousClock.Instant,
        _ writer: consuming ResponseWriter
    ) async throws {
        var fields = CrossOrigin.preflight(for: origin)
        responses.complete(&fields, requestID: requestID)
        let kind = pages?.takes(path: path) == true ? Route.pages.kind : interactions.routes.route(path: path).kind
        monitoring.requests.end(kind, .options, status: 204, took: .now - start)
        try await writer.write(
            response: HTTPResponse(status: .noContent, headerFields: fields), body: ResponseBody())
    }
}
