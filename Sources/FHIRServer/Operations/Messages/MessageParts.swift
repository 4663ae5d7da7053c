import FHIRFormats
import Foundation
import HL7Ingest
import JSONTape

extension ParametersWriter {
    /// A count or number, as an integer where it is one of FHIR's.
    mutating func number(_ name: StaticString, _ value: Int64) {
        let isSmall = Int32(exactly: value) != nil
        self.value(name, member: isSmall ? "valueInteger" : "valueDecimal", json: Array("\(value)".utf8))
    }

    mutating func instant(_ name: StaticString, _ value: Instant?) {
        guard let value else { return }
        self.value(name, member: "valueInstant", json: Array("\"\(value.text)\"".utf8))
    }

    mutating func reference(_ name: StaticString, _ value: String) {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("reference", value)
        writer.endObject()
        self.value(name, member: "valueReference", json: writer.bytes)
    }

    /// Text of a sender: what FHIR's strings do not hold is left out.
    mutating func text(_ name: StaticString, _ value: String?) {
        guard let value else { return }
        let clean = value.unicodeScalars.filter { $0.value >= 0x20 || [0x09, 0x0A, 0x0D].contains($0.value) }
        string(name, String(String.UnicodeScalarView(clean)))
    }

    /// A message of the log, as the part `message`.
    /// - Parameter withText: with what was received and what was answered.
    mutating func message(_ message: StoredMessage, withText: Bool) {
        parts("message") { writer in writer.content(of: message, withText: withText) }
    }

    /// All that is known of a message, as parameters or parts.
    mutating func content(of message: StoredMessage, withText: Bool) {
        number("id", message.id)
        instant("received", message.received)
        text("source", message.source)
        text("listener", message.listener)
        text("application", message.application)
        text("facility", message.facility)
        text("controlId", message.controlID)
        text("type", message.type)
        code("state", message.state.rawValue)
        code("acknowledgement", message.code)
        text("reason", message.reason)
        for resource in message.resources { reference("resource", resource) }
        for resource in message.superseded { reference("superseded", resource) }
        if !message.resources.isEmpty { reference("provenance", message.provenance) }
        number("repeats", Int64(message.repeats))
        instant("repeated", message.repeated)
        number("attempts", Int64(message.attempts))
        instant("due", message.due)
        instant("changed", message.changed)
        text("note", message.note)
        if let count = message.byteCount { number("bytes", Int64(count)) }
        guard withText else { return }
        text("text", message.text)
        if let body = message.body { base64("content", body) }
        if let answer = message.acknowledgement { text("answer", String(decoding: answer, as: UTF8.self)) }
    }

    private mutating func base64(_ name: StaticString, _ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        value(name, member: "valueBase64Binary", json: Array("\"\(Data(bytes).base64EncodedString())\"".utf8))
    }
}
