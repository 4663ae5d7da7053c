import FHIRFormats
import JSONTape

/// Parts of Bundles that several interactions write (R4 bundle.html).
enum BundleWriter {
    /// Writes one element of `Bundle.link`.
    /// - Parameter query: encoded, without the question mark.
    static func link(_ relation: String, _ address: String, query: String, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("relation", relation)
        writer.member("url", query.isEmpty ? address : "\(address)?\(query)")
        writer.endObject()
    }

    /// Writes `response` of an entry, and its `resource` if the answer has one.
    static func entry(_ answer: InteractionAnswer, to writer: inout JSONWriter) {
        writer.beginObject()
        let tellsOutcome = answer.status >= 400 || answer.isOutcome
        if !tellsOutcome, let body = answer.body {
            writer.key("resource")
            writer.raw(body)
        }
        writer.key("response")
        writer.beginObject()
        writer.member("status", HTTPStatus.line(answer.status))
        if let location = answer.location { writer.member("location", location) }
        if let tag = answer.entityTag { writer.member("etag", tag) }
        if let time = answer.lastModified { writer.member("lastModified", time.text) }
        if tellsOutcome, let body = answer.body {
            writer.key("outcome")
            writer.raw(body)
        }
        writer.endObject()
        writer.endObject()
    }
}

/// Status codes with their reasons (RFC 9110 §15).
enum HTTPStatus {
    /// `201 Created`, the form that `Bundle.entry.response.status` has.
    static func line(_ code: Int) -> String { "\(code) \(reason(code))" }

    static func reason(_ code: Int) -> String {
        switch code {
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 206: "Partial Content"
        case 304: "Not Modified"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 406: "Not Acceptable"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 410: "Gone"
        case 412: "Precondition Failed"
        case 413: "Content Too Large"
        case 415: "Unsupported Media Type"
        case 416: "Range Not Satisfiable"
        case 422: "Unprocessable Content"
        case 500: "Internal Server Error"
        case 503: "Service Unavailable"
        default: "Status"
        }
    }
}
