/// A way for messages to leave the house: mail, or a provider of SMS or webhooks.
package protocol MessageCarrier: Sendable {
    /// For logs and records, such as `smtp`.
    var name: String { get }
    /// Whether the other side tells a notice from its repetition by the id. Where it does not, one that may have
    /// arrived is better not sent again.
    var knowsRepeats: Bool { get }

    /// Hands a notice over, once. Returns when the other side has taken it; it may then still be lost on its way.
    ///
    /// Throws `CarrierError`, which tells whether another try may succeed, or `CancellationError`, after which the
    /// notice may have gone out all the same. A repeated sending carries the same id, by which the other side can
    /// tell it from a new one.
    func send(_ notice: Notice) async throws -> CarrierReceipt
}

/// A short message to one person.
package struct Notice: Sendable, Hashable {
    /// Of letters, digits, `.`, `_` and `-`, up to 128; the same whenever this notice is sent again. Becomes part of
    /// the Message-ID of mail, and the Idempotency-Key of a request.
    package var id: String
    /// Mail address or telephone number, as the carrier wants it.
    package var recipient: String
    /// Empty where the carrier has none, as with SMS.
    package var subject: String
    package var text: String
    /// When it was written, in seconds since 1970.
    package var createdSeconds: Int64

    package init(id: String, recipient: String, subject: String = "", text: String, createdSeconds: Int64) {
        self.id = id
        self.recipient = recipient
        self.subject = subject
        self.text = text
        self.createdSeconds = createdSeconds
    }

    /// The id, if it is one.
    func checkedID() throws(CarrierError) -> String {
        let isID =
            1...128 ~= id.utf8.count
            && id.utf8.allSatisfy { byte in
                switch UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20 {
                case true: true
                case false:
                    UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || byte == UInt8(ascii: "-")
                        || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
                }
            }
        guard isID else {
            throw CarrierError(.invalid, "a notice's id has letters, digits, '.', '_' and '-', up to 128")
        }
        return id
    }
}

/// What the other side said when it took a message.
package struct CarrierReceipt: Sendable, Hashable {
    /// Reply code of SMTP, or status of HTTP.
    package var status: Int
    /// What the other side calls the message: the end of its SMTP reply, or the `id`, `messageId`, `message_id` or
    /// `sid` of its JSON answer. Up to 200 printable characters; nil if it said nothing.
    package var reference: String?

    package init(status: Int, reference: String? = nil) {
        self.status = status
        self.reference = reference
    }
}
