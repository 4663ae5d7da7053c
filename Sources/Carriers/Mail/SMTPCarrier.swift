/// Notices as mail.
package struct SMTPCarrier: MessageCarrier {
    package let name = "smtp"
    /// Hardly any mail server looks at Message-IDs.
    package let knowsRepeats = false

    private let sender: SMTPSender
    private let from: MailAddress

    /// - Parameter from: who writes; its domain is the right side of the Message-IDs.
    package init(_ sender: SMTPSender, from: MailAddress) {
        self.sender = sender
        self.from = from
    }

    package func send(_ notice: Notice) async throws -> CarrierReceipt {
        try await sender.send(try Mail(notice, from: from))
    }
}

extension Mail {
    /// A notice as mail. Throws `CarrierError.Code.invalid` for an id or a recipient that is none.
    init(_ notice: Notice, from: MailAddress) throws(CarrierError) {
        let id = try notice.checkedID()
        let domain = from.domain.filter { $0 != "[" && $0 != "]" && $0 != ":" }
        // Dots may not stand at the ends or beside each other in a Message-ID.
        let left = id.replacing(".", with: "=")
        self.init(
            from: from, to: [try MailAddress(notice.recipient)], subject: notice.subject, text: notice.text,
            messageID: "\(left)@\(domain)", dateSeconds: notice.createdSeconds,
            // Keeps holiday notices away (RFC 3834).
            headers: [Mail.Header("Auto-Submitted", "auto-generated")])
    }
}
