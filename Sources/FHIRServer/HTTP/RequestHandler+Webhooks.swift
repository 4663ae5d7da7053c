import Clinic
import HummingbirdCore
import NIOCore

extension RequestHandler {
    /// Who sends is known only after the whole body has come, so it may not be large.
    private static let greatestDelivery = 1 << 20

    /// `POST /webhooks/{kind}/{sender}`: what other systems tell by themselves. Who may is known by the signature.
    @concurrent func answerWebhook(
        _ method: RequestMethod, kind: String, sender: String, _ headers: RequestHeaders, _ body: inout BodyReader,
        base: String, _ record: RequestRecord?, writer: borrowing ResponseWriter
    ) async throws -> InteractionAnswer {
        guard let webhook = webhooks.first(where: { $0.kind == kind }) else {
            throw RequestError(.unknownPath, "this server has no such webhook")
        }
        guard method == .post else {
            throw RequestError(.methodNotAllowed, "webhooks are called with POST", allow: [.post])
        }
        // The signature is of the bytes as they come.
        guard headers.contentEncoding.map({ $0.lowercased() == "identity" }) ?? true else {
            throw RequestError(.unsupportedMediaType, "webhooks come as they are, not compressed")
        }
        var bytes: [UInt8] = []
        try await body.readPieces(headers, limit: Self.greatestDelivery, writer: writer) { piece in
            bytes += piece.readableBytesView
        }
        guard !bytes.isEmpty else { throw RequestError(.malformed, "the request has no body") }
        let delivery = WebhookDelivery(sender: sender, signature: headers.signature, body: bytes, base: base)
        let answer = try await recorded(webhook, delivery, record)
        return InteractionAnswer(answer.status, body: answer.resource)
    }
}
