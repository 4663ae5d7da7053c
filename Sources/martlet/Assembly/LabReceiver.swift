import HL7Ingest
import HL7Syntax
import MLLPServer

/// Hands the frames of the MLLP listener to the ingest, and keeps what is no message.
struct LabReceiver: MessageReceiver {
    let ingest: MessageIngest
    /// Name of the source in identity keys and in the message log; must never change for a feed.
    let source: String

    func receive(_ frame: [UInt8], from source: MessageSource) async -> AcknowledgementReply {
        switch await ingest.receive(frame, source: self.source) {
        case .send(let answers): answers.isEmpty ? .nothing : .sendSeveral(answers)
        case .unreadable: .unreadable
        case .close: .close
        }
    }

    func note(_ fault: FrameFault, from source: MessageSource) async {
        switch fault {
        case .truncated(let bytes):
            await ingest.keep(bytes, source: self.source, reason: "the frame never ended")
        case .oversized(let head, let byteCount):
            await ingest.keep(
                head, source: self.source, reason: "104 a frame of \(byteCount) bytes is too large",
                state: .rejected)
        case .junk, .trailerMissing:
            break
        }
    }
}
