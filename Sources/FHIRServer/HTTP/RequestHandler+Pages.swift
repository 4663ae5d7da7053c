import HTTPTypes
import HummingbirdCore
import JSONTape
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
        let address = addresses.of(peer: channel.remoteAddress?.ipAddress, forwarded: headers.forwardedFor)
        do {
            // Guesses at passwords and secrets are not even looked at.
            if !method.isRead { try requireStrangersTurn(address) }
            guard headers.contentEncoding.map({ $0.lowercased() == "identity" }) ?? true else {
                throw RequestError(.unsupportedMediaType, "the body comes as it is here, not compressed")
            }
            var bytes: [UInt8] = []
            if !method.isRead {
                // Nobody has signed in yet: no more than is needed is kept.
                try await body.readPieces(headers, limit: Self.greatestPageBody, writer: writer) { piece in
                    bytes += piece.readableBytesView
                }
            }
            answer = await pages.answer(
                PageRequest(
                    method: method, path: String(path), query: QueryItems(parsing: query),
                    fields: request.head.headerFields, body: bytes, remoteAddress: address,
                    base: try base(request.head.authority)))
            if answer.status == 401 { try? rates.admitStranger(from: address) }
        } catch {
            let failure = Failure(error)
            answer = Self.answer(failure)
            if let seconds = failure.retryAfter { answer.fields[.retryAfter] = String(seconds) }
            if failure.status >= 500 { log(error, .pages, method, requestID) }
        }
        let closes = !body.isAtEnd && (headers.isChunked || headers.contentLength ?? 0 > 1 << 16)
        if closes { answer.fields.append(HTTPField(name: .connection, value: "close")) }
        answer.fields.append(HTTPField(name: .contentLength, value: String(answer.body.count)))
        if let origin {
            answer.fields[.accessControlAllowOrigin] = nil
            answer.fields.append(contentsOf: CrossOrigin.fields(for: origin))
        }
        responses.complete(&answer.fields, requestID: requestID)
        if isStream(channel) { answer.fields[.connection] = nil }
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

    /// What went wrong before anybody looked at the request, in the form of RFC 6749 §5.2.
    private static func answer(_ failure: Failure) -> PageAnswer {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("error", failure.issues.first?.details?.replacing("-", with: "_") ?? "invalid_request")
        writer.member("error_description", failure.issues.first?.diagnostics ?? "the request could not be answered")
        writer.endObject()
        var answer = PageAnswer(failure.status, body: writer.bytes)
        answer.fields[.contentType] = "application/json"
        return answer
    }

    private func requireStrangersTurn(_ address: String?) throws {
        let seconds = rates.strangerWait(from: address)
        guard seconds == 0 else {
            throw RequestError(.tooManyRequests, "too many requests from this address", retryAfter: seconds)
        }
    }
}
