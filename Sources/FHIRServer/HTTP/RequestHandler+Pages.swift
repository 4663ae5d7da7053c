import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore

extension RequestHandler {
    /// The greatest body of a form or of JSON about accounts and tokens.
    private static let greatestPageBody = 1 << 16

    /// Answers a request that is no FHIR. Neither its query nor its body, which hold secrets, are logged.
    @concurrent func respond(
        with pages: any PageReceiving, to request: Request, path: Substring, query: Substring,
        _ headers: RequestHeaders, _ method: RequestMethod, _ requestID: String, origin: String?,
        _ writer: consuming ResponseWriter, on channel: any Channel
    ) async throws {
        let start = ContinuousClock.now
        var body = BodyReader(request.body, headers, limits: limits)
        var answer: PageAnswer
        do {
            if let length = headers.contentLength, length > Self.greatestPageBody { throw Self.bodyTooLarge }
            let bytes = method.isRead ? nil : try await body.read(headers, writer: writer)
            if let bytes, bytes.readableBytes > Self.greatestPageBody { throw Self.bodyTooLarge }
            answer = await pages.answer(
                PageRequest(
                    method: method, path: String(path), query: QueryItems(parsing: query),
                    fields: request.head.headerFields, body: bytes.map { Array($0.readableBytesView) } ?? [],
                    remoteAddress: channel.remoteAddress?.ipAddress, base: try base(request.head.authority)))
        } catch {
            let failure = Failure(error)
            answer = PageAnswer(failure.status)
            if failure.status >= 500 { log(error, .pages, method, requestID) }
        }
        let closes = !body.isAtEnd && (headers.isChunked || headers.contentLength ?? 0 > 1 << 16)
        if closes { answer.fields.append(HTTPField(name: .connection, value: "close")) }
        answer.fields.append(HTTPField(name: .contentLength, value: String(answer.body.count)))
        if let origin {
            answer.fields[.accessControlAllowOrigin] = nil
            answer.fields.append(contentsOf: CrossOrigin.fields(for: origin))
        }
        responses.addCommonFields(to: &answer.fields, requestID: requestID)
        monitoring.requests.end(Route.pages.kind, method, status: answer.status, took: .now - start)
        let status = HTTPResponse.Status(code: answer.status, reasonPhrase: HTTPStatus.reason(answer.status))
        let content =
            method == .head || answer.body.isEmpty
            ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body))
        try await writer.write(response: HTTPResponse(status: status, headerFields: answer.fields), body: content)
        if closes {
            await body.linger(on: channel)
            throw ConnectionDone()
        }
    }

    private static let bodyTooLarge = RequestError(.bodyTooLarge, "the body may have \(greatestPageBody) bytes at most")
}
