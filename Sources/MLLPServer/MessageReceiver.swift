/// What a received frame means: storing, applying and answering it. The listener itself knows only bytes.
package protocol MessageReceiver: Sendable {
    /// Takes the content of one frame, which may be one message, several, a batch, or nonsense.
    ///
    /// Must not return an accepting answer before the bytes are durable. Several frames of one connection may be
    /// in here at once; their answers are sent in the order in which the frames came.
    func receive(_ frame: [UInt8], from source: MessageSource) async -> AcknowledgementReply

    /// Told of what cannot become a message, so that it can be kept and counted. The default does nothing.
    func note(_ fault: FrameFault, from source: MessageSource) async
}

extension MessageReceiver {
    package func note(_ fault: FrameFault, from source: MessageSource) async {}
}

/// What goes back to the sender of one frame.
package enum AcknowledgementReply: Sendable, Hashable {
    /// The message to put into a frame, usually an ACK.
    case send([UInt8])
    /// Several messages in frames of their own: a commit acknowledgement with the application's behind it, or one
    /// for each message of a batch.
    case sendSeveral([[UInt8]])
    /// No answer is due (MSH-15 says so).
    case nothing
    /// MSH cannot be read, so there is nobody to answer; the connection ends after the third in a row.
    case unreadable
    /// Nothing could be stored: no answer, and the connection ends, so that the sender keeps the message.
    case close
}

/// Bytes on the wire that are not a whole message. May hold patient data: never log their content.
package enum FrameFault: Sendable, Hashable {
    /// The frame ended without its last byte; it was received as a message all the same.
    case trailerMissing
    /// A frame above the limit, with its first bytes (at most 64 KiB); answered with `AR`, 104.
    case oversized(head: [UInt8], byteCount: Int)
    /// A frame that never ended, because another began or the connection did end. Not answered.
    case truncated([UInt8])
    /// Bytes between frames; `head` has at most 64.
    case junk(head: [UInt8], byteCount: Int)
}

/// Which connection a frame came over.
package struct MessageSource: Sendable, Hashable {
    /// The peer's address without port, such as `127.0.0.1`; empty for other kinds of sockets.
    package let remoteAddress: String
    package let remotePort: Int
    /// The port it connected to: one port may be configured for one source.
    package let localPort: Int
    /// Counts the connections of one listener from 1.
    package let connectionID: Int
    /// The certificate that the peer has shown; nil without mutual TLS.
    package var certificate: ClientCertificate?

    package init(remoteAddress: String, remotePort: Int, localPort: Int, connectionID: Int) {
        self.remoteAddress = remoteAddress
        self.remotePort = remotePort
        self.localPort = localPort
        self.connectionID = connectionID
    }
}
