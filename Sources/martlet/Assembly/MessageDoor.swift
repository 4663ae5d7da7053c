import FHIRServer
import HL7Ingest

/// Hands messages that come over HTTP to the ingest.
struct MessageDoor: MessageReceiving {
    let ingest: MessageIngest
    /// Where the address names no source.
    private static let usualSource = "http"

    func receive(_ body: [UInt8], source: String?, address: String?) async -> MessageReply {
        let source = source ?? Self.usualSource
        guard ListenerSettings.isName(source) else { return .unknownSource }
        return switch await ingest.receive(body, source: source, address: address) {
        case .send(let answers): .answered(answers)
        case .unreadable: .unreadable
        case .close: .unavailable
        }
    }
}
