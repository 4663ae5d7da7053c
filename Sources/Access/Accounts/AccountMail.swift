import Synchronization

/// The mails about accounts: plain text, a link on a line of its own, and no name, so that nobody can have a text of
/// theirs sent to somebody else.
struct AccountMail: Sendable {
    var subject: String
    var text: String

    static func verification(link: String) -> AccountMail {
        AccountMail(
            subject: "Confirm your e-mail address",
            text: """
                Somebody, probably you, registered at our clinic with this e-mail address.

                To confirm that it is yours, open this page within 24 hours:

                \(link)

                If it was not you, do nothing: without confirmation the account cannot be used.
                """)
    }

    static func alreadyRegistered(link: String) -> AccountMail {
        AccountMail(
            subject: "You have an account already",
            text: """
                Somebody, probably you, registered at our clinic with this e-mail address, which has an account already.
                Nothing was changed. You can sign in here, or ask for a new password there:

                \(link)

                If it was not you, do nothing.
                """)
    }

    static func reset(link: String) -> AccountMail {
        AccountMail(
            subject: "Choose a new password",
            text: """
                Somebody, probably you, asked for a new password for the account with this e-mail address.

                To choose one, open this page within 30 minutes:

                \(link)

                If it was not you, do nothing: your password stays as it is.
                """)
    }

    static func invitation(link: String) -> AccountMail {
        AccountMail(
            subject: "Your account at the clinic",
            text: """
                An account was made for you at our clinic.

                To choose a password and begin, open this page within 7 days:

                \(link)
                """)
    }

    static func passwordChanged(link: String) -> AccountMail {
        AccountMail(
            subject: "Your password was changed",
            text: """
                The password of the account with this e-mail address was changed, and all sessions were ended.

                If it was not you, ask for a new password at once, and tell the clinic:

                \(link)
                """)
    }
}

/// Where browsers reach this server, for links in mails: never taken from a request, whose Host anybody can write.
package final class SiteAddress: Sendable {
    private let address: Mutex<String>

    /// - Parameter base: address of the FHIR API or of the site.
    package init(_ base: String) { address = Mutex(Self.site(base)) }

    /// Without a slash at the end: `https://clinic.example`.
    package var text: String { address.withLock { $0 } }

    /// Tells the address anew, where it depends on the port that was free.
    package func set(_ base: String) { address.withLock { $0 = Self.site(base) } }

    private static func site(_ base: String) -> String {
        var site = base[...]
        while site.hasSuffix("/") { site = site.dropLast() }
        return String(site.hasSuffix("/fhir") ? site.dropLast(5) : site)
    }
}
