import ArgumentParser

/// Options of what tells people something: mail, and a provider of short messages.
struct MessageOptions: ParsableArguments {
    @Option(
        help: """
            The mail server, as smtp://HOST:PORT or smtps://HOST:PORT. What needs signing in has the user in \
            MARTLET_SMTP_USER and the password in MARTLET_SMTP_PASSWORD_FILE, or both in MARTLET_SMTP. smtp:// demands \
            STARTTLS, but on this machine; ?tls=opportunistic and ?tls=none loosen that.
            """)
    var smtp: String?

    @Option(help: "Who mail is from. Default: martlet at the host of --base-url.")
    var mailFrom: String?

    @Option(help: "For development: a folder into which mail is written as .eml files, in place of a mail server.")
    var mailSink: String?

    @Option(help: "A file with the password for the mail server.")
    var smtpPasswordFile: String?

    @Option(help: "PEM file with the authorities to trust for the mail server and the provider; default: the system's.")
    var messageCa: String?

    @Option(
        help: """
            Address of the provider of short messages, to which they are posted as JSON; in MARTLET_MESSAGE_WEBHOOK if \
            it holds a key.
            """)
    var messageWebhook: String?

    @Option(help: "A file with the key by which the posted messages are signed (X-Martlet-Signature).")
    var messageWebhookSecretFile: String?

    @Option(help: "A file with the token that the provider wants (Authorization: Bearer).")
    var messageWebhookTokenFile: String?

    @Option(
        help: """
            A file with the JSON that the provider wants, with {{id}}, {{to}}, {{subject}} and {{text}} in its \
            strings. Default: {"id":"{{id}}","to":"{{to}}","subject":"{{subject}}","text":"{{text}}"}.
            """)
    var messageWebhookTemplate: String?
}
