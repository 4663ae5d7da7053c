import FHIRDefinitions
import FHIRFormats
import HTTPTypes
import HummingbirdCore
import NIOCore
import Synchronization

/// Turns answers into HTTP responses: header fields, compression, layout.
final class ResponseBuilder: Sendable {
    private let limits: ServerLimits
    private let xml: XMLResourceWriter
    private let security: SecurityFields
    /// The `Date` header of the current second.
    private let date = Mutex<(second: Int64, text: String)>((0, ""))

    init(limits: ServerLimits, definitions: FHIRDefinitions, security: SecurityFields) {
        self.limits = limits
        self.security = security
        xml = XMLResourceWriter(definitions: definitions)
    }

    /// - Parameter mayBeKept: whether the answer is the same for everybody.
    func response(
        _ answer: InteractionAnswer, mayBeKept: Bool, method: RequestMethod, requestID: String,
        _ representation: Representation,
        acceptEncoding: String?
    ) -> (head: HTTPResponse, body: ResponseBody) {
        var fields = HTTPFields()
        fields.reserveCapacity(16)
        addCommonFields(to: &fields, requestID: requestID)
        security.add(to: &fields, mayBeKept: mayBeKept)
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
        if answer.status == 401 || answer.challenge != nil {
            let error = answer.challenge.map { ", error=\"\($0)\"" } ?? ""
            fields.append(HTTPField(name: .wwwAuthenticate, value: "Bearer realm=\"martlet\"\(error)"))
        }
        for field in answer.fields { fields.append(field) }
        if answer.closesConnection { fields.append(HTTPField(name: .connection, value: "close")) }
        if let stream = answer.stream {
            return streamed(answer, stream, method, &fields)
        }
        let body = self.body(answer, representation, acceptEncoding: acceptEncoding, &fields)
        let hasNoLength = answer.status == 204 || answer.status == 304
        if !hasNoLength {
            fields.append(HTTPField(name: .contentLength, value: String(body?.readableBytes ?? 0)))
        }
        let status = HTTPResponse.Status(code: answer.status, reasonPhrase: HTTPStatus.reason(answer.status))
        let head = HTTPResponse(status: status, headerFields: fields)
        guard let body, method != .head else { return (head, ResponseBody()) }
        return (head, ResponseBody(byteBuffer: body))
    }

    /// What every answer of the server says.
    func addCommonFields(to fields: inout HTTPFields, requestID: String) {
        fields.append(HTTPField(name: .date, value: dateText()))
        fields.append(HTTPField(name: .requestID, value: requestID))
    }

    /// Adds to an answer that is no FHIR what every answer says, where it does not say so itself.
    func complete(_ fields: inout HTTPFields, requestID: String) {
        addCommonFields(to: &fields, requestID: requestID)
        security.complete(&fields)
    }

    private func streamed(
        _ answer: InteractionAnswer, _ stream: ContentStream, _ method: RequestMethod, _ fields: inout HTTPFields
    ) -> (head: HTTPResponse, body: ResponseBody) {
        fields.append(HTTPField(name: .contentType, value: answer.contentType ?? "application/octet-stream"))
        fields.append(HTTPField(name: .vary, value: "Accept"))
        fields.append(HTTPField(name: .contentLength, value: String(stream.byteCount)))
        let status = HTTPResponse.Status(code: answer.status, reasonPhrase: HTTPStatus.reason(answer.status))
        let head = HTTPResponse(status: status, headerFields: fields)
        if method == .head { return (head, ResponseBody()) }
        let body = ResponseBody(contentLength: stream.byteCount) { writer in
            for index in 0..<stream.pieceCount { try await writer.write(try await stream.piece(index)) }
            try await writer.finish(nil)
        }
        return (head, body)
    }

    private func body(
        _ answer: InteractionAnswer, _ representation: Representation, acceptEncoding: String?,
        _ fields: inout HTTPFields
    ) -> ByteBuffer? {
        guard let json = answer.body else {
            if answer.status == 304 { fields.append(HTTPField(name: .vary, value: "Accept, Accept-Encoding")) }
            return nil
        }
        let (bytes, contentType) = answer.contentType.map { (json, $0) } ?? representation.write(json, xml)
        fields.append(HTTPField(name: .contentType, value: contentType))
        // Caches must know that the answer depends on these headers, also where it is sent plain (RFC 9110 §12.5.5).
        fields.append(HTTPField(name: .vary, value: "Accept, Accept-Encoding"))
        guard bytes.count >= limits.compressionByteCount else { return ByteBuffer(bytes: bytes) }
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
