import HL7Ingest
import HL7Syntax
import MLLPServer

/// Hands the frames of the MLLP listener to the ingest, and keeps what is no message.
struct LabReceiver: MessageReceiver {
    let ingest: MessageIngest
    /// Name of the source in identity keys and in the message log; must never change for a feed.
    let source: String
    /// Where there are any, a client that shows a certificate is the source that it stands for.
    let clients: [ListenerSettings.ClientBinding]

    func receive(_ frame: [UInt8], from source: MessageSource) async -> AcknowledgementReply {
        let sender = sender(source)
        if sender.isUnknown { return .close }
        let address = source.remoteAddress.isEmpty ? nil : source.remoteAddress
        let reply = await ingest.receive(frame, source: sender.name, isBound: sender.isBound, address: address)
        return switch reply {
        case .send(let answers): answers.isEmpty ? .nothing : .sendSeveral(answers)
        case .unreadable: .unreadable
        case .close: .close
        }
    }

    /// Who sends: the listener's own source, or the one that the certificate is bound to.
    private func sender(_ source: MessageSource) -> (name: String, isBound: Bool, isUnknown: Bool) {
        guard let certificate = source.certificate, !clients.isEmpty else { return (self.source, false, false) }
        guard let binding = clients.first(where: { certificate.isNamed($0.certificate) }) else {
            return (self.source, false, true)
        }
        return (binding.source, true, false)
    }

    func note(_ fault: FrameFault, from source: MessageSource) async {
        switch fault {
        case .truncated(let bytes):
            await ingest.keep(bytes, source: sender(source).name, reason: "the frame never ended")
        case .oversized(let head, let byteCount):
            await ingest.keep(
                head, source: sender(source).name, reason: "104 a frame of \(byteCount) bytes is too large",
                state: .rejected)
        case .junk, .trailerMissing:
            break
        }
    }
}
