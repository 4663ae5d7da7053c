import JSONTape

/// Notices as JSON to an HTTP provider.
package struct HTTPCarrier: MessageCarrier {
    package let name: String
    /// Requests carry an Idempotency-Key.
    package let knowsRepeats = true

    private let sender: HTTPSender
    private let payload: NoticePayload

    /// - Parameters:
    ///   - name: for logs and records, such as `sms`.
    ///   - payload: what the provider wants to be told, and how.
    package init(_ sender: HTTPSender, name: String, payload: NoticePayload = .standard) {
        self.sender = sender
        self.name = name
        self.payload = payload
    }

    package func send(_ notice: Notice) async throws -> CarrierReceipt {
        let answer = try await sender.post(payload.body(notice), idempotencyKey: notice.checkedID())
        return CarrierReceipt(status: answer.status, reference: Self.reference(answer.body))
    }

    /// What the provider calls the message.
    private static func reference(_ body: [UInt8]) -> String? {
        guard let root = (try? Document.parse(body)).map({ JSONNode($0) }) else { return nil }
        for name in ["id", "messageId", "message_id", "sid"] {
            guard let value = root[named: name]?.string ?? root[named: name]?.numberText else { continue }
            let text = value.filter { $0.isASCII && $0 >= " " && $0 != "\u{7F}" }
            if !text.isEmpty { return String(text.prefix(200)) }
        }
        return nil
    }
}
