/// Takes HL7 v2 messages that come over HTTP; what they mean is not this target's matter.
package protocol MessageReceiving: Sendable {
    /// Takes the body of one request: a message, several, or a batch.
    /// - Parameters:
    ///   - source: name of the source, as in the address; nil where it names none.
    ///   - address: of the peer, for the record; nil where it is not known.
    func receive(_ body: [UInt8], source: String?, address: String?) async -> MessageReply
}

/// What the sender of messages gets back.
package enum MessageReply: Sendable, Hashable {
    /// Acknowledgements, one behind the other; empty if the sender wants none.
    case answered([[UInt8]])
    /// There is no MSH that could be read, so there is nothing to acknowledge.
    case unreadable
    /// The name of the source is none.
    case unknownSource
    /// Nothing could be stored: the sender keeps the message.
    case unavailable
}

/// The media types of HL7 v2 in its traditional encoding.
enum MessageMediaType {
    static let all: Set<String> = [
        "application/hl7-v2", "application/hl7-v2+er7", "x-application/hl7-v2+er7", "x-application/hl7-v2",
    ]
    static let answer = "application/hl7-v2"
}
