package import FHIRFormats
import Crypto
package import HL7Syntax

/// A message as it came in, with what the message log needs to know of it.
package struct ReceivedMessage: Sendable {
    /// Where it came in: the listener's name.
    package let listener: String
    /// Name of the settings that hold for it; the listener's where there are none.
    package var source: String
    package let bytes: [UInt8]
    /// Nil if MSH cannot be read.
    package private(set) var header: MessageHeader?
    /// The set in which the source's settings have its messages read, whatever MSH-18 says.
    private var charset: Charset?
    package let received: Instant
    /// Network address of the peer; nil where it is not known, as of what is tried again later.
    package var address: String?
    /// SHA-256 of the bytes: tells a repeated delivery from a reused control id.
    package let hash: [UInt8]

    /// Reads its header.
    package init(_ bytes: [UInt8], source: String, received: Instant) {
        listener = source
        self.source = source
        self.bytes = bytes
        header = MessageHeader(answering: bytes)
        self.received = received
        hash = Array(SHA256.hash(data: bytes))
    }

    /// Has it read in this set.
    mutating func read(in charset: Charset) {
        guard let header = MessageHeader(reading: bytes, override: charset) else { return }
        self.header = header
        self.charset = charset
    }

    /// The whole message, the text of its `ADD` segments where it belongs.
    func parsed() throws(HL7SyntaxError) -> RawMessage {
        try RawMessage(parsing: bytes, override: charset).joiningAddenda()
    }

    var application: String { text(header?.sendingApplication) }
    var facility: String { text(header?.sendingFacility) }
    var controlID: String { (header?.controlID ?? "").storable }
    var type: String {
        guard let header else { return "" }
        let trigger = header.triggerEvent
        return (trigger.isEmpty ? header.messageType : "\(header.messageType)^\(trigger)").storable
    }

    private func text(_ bytes: [UInt8]?) -> String { String(decoding: bytes ?? [], as: UTF8.self).storable }
}

extension String {
    /// PostgreSQL's text takes every character but U+0000. A message that could not be logged for it would get no
    /// answer, and its sender would repeat it for ever.
    var storable: String {
        utf8.contains(0) ? String(decoding: utf8.filter { $0 != 0 }, as: UTF8.self) : self
    }
}
