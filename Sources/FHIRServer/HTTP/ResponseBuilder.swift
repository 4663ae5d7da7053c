import FHIRFormats
import HTTPTypes
import HummingbirdCore
import NIOCore
import Synchronization

/// Turns answers into HTTP responses: header fields, compression, layout.
final class ResponseBuilder: Sendable {
    private let limits: ServerLimits
    /// The `Date` header of the current second.
    private let date = Mutex<(second: Int64, text: String)>((0, ""))

    init(limits: ServerLimits) {
        self.limits = limits
    }

    func response(
        _ answer: InteractionAnswer, method: RequestMethod, requestID: String, isPretty: Bool, acceptEncoding: String?
    ) -> (head: HTTPResponse, body: ResponseBody) {
        var fields = HTTPFields()
        fields.reserveCapacity(10)
        fields.append(HTTPField(name: .date, value: dateText()))
        fields.append(HTTPField(name: .requestID, value: requestID))
        if let tag = answer.entityTag { fields.append(HTTPField(name: .eTag, value: tag)) }
        if let time = answer.lastModified {
            fields.append(HTTPField(name: .lastModified, value: HTTPDate.text(time)))
        }
        if let location = answer.location { fields.append(HTTPField(name: .location, value: location)) }
        if let address = answer.contentLocation {
            fields.append(HTTPField(name: .contentLocation, value: address))
        }
        if let applied = answer.preferenceApplied {
            fields.append(HTTPField(name: .preferenceApplied, value: applied))
        }
        if !answer.allow.isEmpty {
            let methods = answer.allow.map(\.rawValue).joined(separator: ", ")
            fields.append(HTTPField(name: .allow, value: methods))
        }
        if !answer.acceptPatch.isEmpty {
            fields.append(HTTPField(name: .acceptPatch, value: answer.acceptPatch.joined(separator: ", ")))
        }
        if let seconds = answer.retryAfter { fields.append(HTTPField(name: .retryAfter, value: String(seconds))) }
        if answer.status == 401 {
            fields.append(HTTPField(name: .wwwAuthenticate, value: "Bearer realm=\"martlet\""))
        }
        if answer.closesConnection { fields.append(HTTPField(name: .connection, value: "close")) }
        let body = self.body(answer, isPretty: isPretty, acceptEncoding: acceptEncoding, &fields)
        let hasNoLength = answer.status == 204 || answer.status == 304
        if !hasNoLength {
            fields.append(HTTPField(name: .contentLength, value: String(body?.readableBytes ?? 0)))
        }
        let status = HTTPResponse.Status(code: answer.status, reasonPhrase: HTTPStatus.reason(answer.status))
        let head = HTTPResponse(status: status, headerFields: fields)
        guard let body, method != .head else { return (head, ResponseBody()) }
        return (head, ResponseBody(byteBuffer: body))
    }

    private func body(
        _ answer: InteractionAnswer, isPretty: Bool, acceptEncoding: String?, _ fields: inout HTTPFields
    ) -> ByteBuffer? {
        guard var bytes = answer.body else { return nil }
        if isPretty, answer.contentType == nil { bytes = PrettyPrinter.pretty(bytes) }
        fields.append(
            HTTPField(name: .contentType, value: answer.contentType ?? ContentFormat.json.contentType))
        guard bytes.count >= limits.compressionByteCount else { return ByteBuffer(bytes: bytes) }
        // Caches must know that the answer depends on this header, also where it is sent plain.
        fields.append(HTTPField(name: .vary, value: "Accept, Accept-Encoding"))
        guard let acceptEncoding, Self.takesGzip(acceptEncoding), let packed = GzipCodec.compress(bytes) else {
            return ByteBuffer(bytes: bytes)
        }
        fields.append(HTTPField(name: .contentEncoding, value: "gzip"))
        return packed
    }

    /// Whether the client named gzip or `*` without weight zero.
    private static func takesGzip(_ header: String) -> Bool {
        header.split(separator: ",").contains { part in
            let sides = part.split(separator: ";").map(\.trimmed)
            guard let name = sides.first?.lowercased(), name == "gzip" || name == "x-gzip" || name == "*" else {
                return false
            }
            return !sides.dropFirst().contains { $0 == "q=0" || $0 == "q=0.0" || $0 == "q=0.00" || $0 == "q=0.000" }
        }
    }

    private func dateText() -> String {
        let now = Instant.now
        let second = now.microsecondsSince1970 / 1_000_000
        return date.withLock { cache in
            if cache.second != second { cache = (second, HTTPDate.text(now)) }
            return cache.text
        }
    }
}

extension HTTPField.Name {
    // Force unwrapped: the texts are valid field names.
    static let requestID = HTTPField.Name("X-Request-Id")!
    static let acceptPatch = HTTPField.Name("Accept-Patch")!
    static let preferenceApplied = HTTPField.Name("Preference-Applied")!
}
