internal import HL7Syntax
internal import Logging
internal import NIOCore

/// One accepted connection: reads frames, lets them be worked on side by side, answers in order.
struct MLLPConnection: Sendable {
    typealias Channel = NIOAsyncChannel<MLLPFrameDecoder.Event, AcknowledgementReply>

    let channel: Channel
    let origin: MessageSource
    let identity: PeerIdentity
    let receiver: any MessageReceiver
    let configuration: MLLPServerConfiguration
    let clock: AcknowledgementClock
    let logger: Logger

    /// Where frames come from. Frames come after the handshake, so the certificate is known by then.
    private var source: MessageSource {
        var source = origin
        source.certificate = identity.certificate
        return source
    }

    /// Returns when the peer has closed, the server drains or a reply said so, and all in flight is done.
    func run() async {
        do {
            try await channel.executeThenClose { inbound, outbound in
                let nioChannel = channel.channel
                let replies = ReplyQueue(
                    limit: configuration.inFlightLimit, unreadableLimit: configuration.unreadableLimit,
                    outbound: outbound, close: { nioChannel.close(promise: nil) })
                await withDiscardingTaskGroup { group in
                    do {
                        for try await event in inbound {
                            guard await take(event, replies, &group) else { break }
                        }
                    } catch {
                        // A reset by the peer. What is in flight is finished all the same: it may be durable already.
                        logger.debug("connection broke")
                    }
                }
            }
        } catch {
            logger.debug("connection ended with an error")
        }
    }

    /// Returns `false` once no more frames are wanted.
    private func take(
        _ event: MLLPFrameDecoder.Event, _ replies: ReplyQueue, _ group: inout DiscardingTaskGroup
    ) async -> Bool {
        switch event {
        case .frame(let bytes, let isTrailerMissing):
            if isTrailerMissing { await note(.trailerMissing) }
            guard let place = await replies.reserve() else { return false }
            let source = source
            group.addTask {
                await replies.complete(place, with: await receiver.receive(bytes, from: source))
            }
        case .oversized(let head, let byteCount):
            await note(.oversized(head: head, byteCount: byteCount))
            guard let place = await replies.reserve() else { return false }
            await replies.complete(place, with: refusal(head))
        case .truncated(let bytes):
            await note(.truncated(bytes))
        case .junk(let head, let byteCount):
            await note(.junk(head: head, byteCount: byteCount))
        }
        return true
    }

    private func note(_ fault: FrameFault) async {
        switch fault {
        case .trailerMissing: logger.warning("frame without its last byte")
        case .oversized(_, let count): logger.warning("frame too large", metadata: ["bytes": "\(count)"])
        case .truncated(let bytes): logger.warning("frame without end", metadata: ["bytes": "\(bytes.count)"])
        case .junk(_, let count): logger.notice("bytes outside frames", metadata: ["bytes": "\(count)"])
        }
        await receiver.note(fault, from: source)
    }

    /// `AR` with error 104, from what the head tells about the sender.
    private func refusal(_ head: [UInt8]) -> AcknowledgementReply {
        guard let header = MessageHeader(answering: head) else { return .unreadable }
        let limit = configuration.frameByteLimit
        let issue = Acknowledgement.Issue(.valueTooLong, userMessage: "a message may have \(limit) bytes")
        let answer = Acknowledgement(to: header, .rejected, issues: [issue])
        guard answer.isWanted else { return .nothing }
        return .send(answer.encode(controlID: clock.nextControlID(), time: clock.now()))
    }
}
