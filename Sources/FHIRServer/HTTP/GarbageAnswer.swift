import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Gives the answer to what is no HTTP a body: HummingbirdCore writes a bare 400 there, before any request of ours.
///
/// Sits after the decoder, so that it sees the decoder's error come by, and then that answer going out.
final class GarbageAnswer: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private var sawGarbage = false

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        sawGarbage = true
        context.fireErrorCaught(error)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        // An answer of ours has a type or is about a request that came in whole.
        guard sawGarbage, case .head(var head) = unwrapOutboundIn(data), head.status == .badRequest,
            head.headerFields[.contentLength] == "0", head.headerFields[.contentType] == nil
        else {
            context.write(data, promise: promise)
            return
        }
        let failure = Failure(RequestError(.malformed, "this is no HTTP request, or one with too large a header"))
        let body = OperationOutcome.json(failure.issues)
        head.headerFields[.contentLength] = String(body.count)
        head.headerFields[.contentType] = "application/fhir+json; charset=utf-8"
        context.write(wrapOutboundOut(.head(head)), promise: promise)
        context.write(wrapOutboundOut(.body(ByteBuffer(bytes: body))), promise: nil)
    }
}

// Made and used on one event loop only.
@available(*, unavailable)
extension GarbageAnswer: Sendable {}
