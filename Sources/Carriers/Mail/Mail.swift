/// A message of plain text (RFC 5322), before it has become lines.
package struct Mail: Sendable, Hashable {
    package var from: MailAddress
    /// At least one. The message goes to all of them or, if the server refuses one, to none.
    package var to: [MailAddress]
    /// Any text without control characters.
    package var subject: String
    /// Any text up to 1 MiB; line ends of any kind.
    package var text: String
    /// Left and right side with `@` between, without angle brackets; the same when the message is sent again. Without
    /// one the first server makes it up, a new one each time.
    package var messageID: String?
    /// When it was written, in seconds since 1970.
    package var dateSeconds: Int64
    /// Further header fields, such as `Auto-Submitted`. Those that the message has anyway are refused.
    package var headers: [Header]

    package struct Header: Sendable, Hashable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package init(
        from: MailAddress, to: [MailAddress], subject: String, text: String, messageID: String? = nil,
        dateSeconds: Int64, headers: [Header] = []
    ) {
        self.from = from
        self.to = to
        self.subject = subject
        self.text = text
        self.messageID = messageID
        self.dateSeconds = dateSeconds
        self.headers = headers
    }

    private static let textLimit = 1 << 20
    private static let ownNames: Set<String> = [
        "from", "to", "cc", "bcc", "sender", "subject", "date", "message-id", "mime-version",
    ]

    /// The message as it is sent: lines of ASCII that end with CR and LF. Throws `CarrierError.Code.invalid` where a
    /// value would end its line, or has no place in mail.
    package func rendered() throws(CarrierError) -> [UInt8] {
        guard !to.isEmpty else { throw CarrierError(.invalid, "a mail needs somebody to go to") }
        guard text.utf8.count <= Self.textLimit else { throw CarrierError(.invalid, "the text is longer than 1 MiB") }
        var lines = MailHeader()
        lines.field("Date", MailDate.text(dateSeconds))
        lines.field("From", [from])
        lines.field("To", to)
        if let messageID {
            guard Self.isMessageID(messageID) else { throw CarrierError(.invalid, "this is no Message-ID") }
            lines.field("Message-ID", "<\(messageID)>")
        }
        try lines.words("Subject", subject)
        for header in headers {
            let name = header.name.lowercased()
            guard MailHeader.isName(header.name), !Self.ownNames.contains(name), !name.hasPrefix("content-") else {
                throw CarrierError(.invalid, "a header field has a name that cannot be set")
            }
            try lines.words(header.name, header.value)
        }
        let body = MailBody(text)
        lines.field("MIME-Version", "1.0")
        lines.field("Content-Type", "text/plain; charset=utf-8")
        lines.field("Content-Transfer-Encoding", body.encoding.rawValue)
        return lines.bytes + [0x0D, 0x0A] + body.bytes
    }

    /// RFC 5322 §3.6.4, without its quoted and obsolete forms.
    private static func isMessageID(_ text: String) -> Bool {
        let sides = text.split(separator: "@", omittingEmptySubsequences: false)
        return sides.count == 2 && text.utf8.count <= 240
            && sides.allSatisfy { side in
                side.split(separator: ".", omittingEmptySubsequences: false).allSatisfy {
                    !$0.isEmpty && $0.utf8.allSatisfy(MailAddress.isAtomByte)
                }
            }
    }
}
