import Clinic
import HummingbirdCore
import NIOCore

extension RequestHandler {
    /// `POST /webhooks/{kind}/{sender}`: what other systems tell by themselves. Who may is known by the signature.
    @concurrent func answerWebhook(
        _ method: RequestMethod, kind: String, sender: String, _ headers: RequestHeaders, _ body: inout BodyReader,
        base: String, writer: borrowing ResponseWriter
    ) async throws -> InteractionAnswer {
        guard let webhook = webhooks.first(where: { $0.kind == kind }) else {
            throw RequestError(.unknownPath, "this server has no such webhook")
        }
        guard method == .post else {
            throw RequestError(.methodNotAllowed, "webhooks are called with POST", allow: [.post])
        }
        guard let buffer = try await body.read(headers, writer: writer), buffer.readableBytes > 0 else {
            throw RequestError(.malformed, "the request has no body")
        }
        let delivery = WebhookDelivery(
            sender: sender, signature: headers.signature, body: Array(buffer.readableBytesView), base: base)
        let answer = try await webhook.receive(delivery, in: interactions.store)
        return InteractionAnswer(answer.status, body: answer.resource)
    }
}
