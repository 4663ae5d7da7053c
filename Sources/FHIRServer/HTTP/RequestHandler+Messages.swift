import FHIRStore
import HummingbirdCore
import NIOCore

extension RequestHandler {
    /// `POST /hl7v2`: messages in, acknowledgements out. A refusal in an acknowledgement is an answer like any other,
    /// so it comes with 200 as well: the sender reads MSA-1.
    @concurrent func answerMessages(
        _ method: RequestMethod, source: String?, _ headers: RequestHeaders, _ address: String?,
        _ body: inout BodyReader, writer: borrowing ResponseWriter
    ) async throws -> InteractionAnswer {
        guard let messages else { throw RequestError(.unknownPath, "this server takes no HL7 v2 messages") }
        guard method == .post else {
            throw RequestError(.methodNotAllowed, "messages are sent with POST", allow: [.post])
        }
        guard let type = headers.contentType.map({ MediaType.bare($0).lowercased() }),
            MessageMediaType.all.contains(type)
        else { throw RequestError(.unsupportedMediaType, "messages come as \(MessageMediaType.answer)") }
        guard let buffer = try await body.read(headers, writer: writer), buffer.readableBytes > 0 else {
            throw RequestError(.malformed, "the request has no body")
        }
        switch await messages.receive(Array(buffer.readableBytesView), source: source, address: address) {
        case .answered(let answers):
            guard !answers.isEmpty else { return InteractionAnswer(204) }
            var answer = InteractionAnswer(200, body: Array(answers.joined()))
            answer.contentType = MessageMediaType.answer
            return answer
        case .unreadable: throw RequestError(.malformed, "the body begins with no message header (MSH)")
        case .unknownSource: throw RequestError(.unknownPath, "this cannot be the name of a source")
        case .unavailable: throw StoreError(.unavailable, "the message could not be stored; send it again")
        }
    }
}
