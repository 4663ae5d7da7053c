import Carriers

/// The e-mail address of an account, folded, so that one mailbox has one account however it is typed.
package struct EmailAddress: Hashable, Sendable {
    package let text: String

    /// Nil for what no mail can be sent to, and what has two meanings in a mail's header.
    package init?(_ typed: String) {
        let text = String(typed.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()).lowercased()
        guard text.utf8.count <= 254, (try? MailAddress(text)) != nil, !text.contains("[") else { return nil }
        self.text = text
    }

    /// Before the `@`.
    var local: Substring { text.prefix { $0 != "@" } }
}
