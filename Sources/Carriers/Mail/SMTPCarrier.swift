/// Notices as mail.
package struct SMTPCarrier: MessageCarrier {
    package let name = "smtp"

    private let sender: SMTPSender
    private let from: MailAddress

    /// - Parameter from: who writes; its domain is the right side of the Message-IDs.
    package init(_ sender: SMTPSender, from: MailAddress) {
        self.sender = sender
        self.from = from
    }

    package func send(_ notice: Notice) async throws -> CarrierReceipt {
        let id = try notice.checkedID()
        let domain = from.domain.filter { $0 != "[" && $0 != "]" && $0 != ":" }
        // Dots may not stand at the ends or beside each other in a Message-ID.
        let left = id.replacing(".", with: "=")
        let mail = Mail(
            from: from, to: [try MailAddress(notice.recipient)], subject: notice.subject, text: notice.text,
            messageID: "\(left)@\(domain)", dateSeconds: notice.createdSeconds,
            // Keeps holiday notices away (RFC 3834).
            headers: [Mail.Header("Auto-Submitted", "auto-generated")])
        return try await sender.send(mail)
    }
}
