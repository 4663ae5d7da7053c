import ArgumentParser
import Carriers

/// How messages leave the house, resolved and checked. Shows none of its secrets.
struct MessageSettings: Sendable {
    enum Mail: Sendable {
        case server(SMTPConfiguration)
        /// A folder.
        case sink(String)
    }

    /// What is posted to a provider.
    struct Webhook: Sendable {
        var endpoint: HTTPEndpoint
        var payload: NoticePayload
    }

    /// Nil where there is no mail.
    var mail: Mail?
    var from: MailAddress
    var webhook: Webhook?

    /// - Parameter baseURL: of the server, whose host is the domain of its mail where none is given.
    init(_ options: MessageOptions, _ reader: SettingsReader, baseURL: String?) throws {
        let authorities = reader.string("messageCa", options.messageCa)
        mail = try Self.mail(options, reader, authorities)
        webhook = try Self.webhook(options, reader, authorities)
        let address = reader.string("mailFrom", options.mailFrom) ?? "martlet@\(Self.host(of: baseURL))"
        do {
            from = try MailAddress(address)
        } catch {
            throw ValidationError("--mail-from is one address, such as clinic@example.org")
        }
    }

    private static func mail(
        _ options: MessageOptions, _ reader: SettingsReader, _ authorities: String?
    ) throws -> Mail? {
        let sink = reader.string("mailSink", options.mailSink)
        guard let url = reader.string("smtp", options.smtp) else { return sink.map { .sink($0) } }
        guard sink == nil else { throw ValidationError("--smtp and --mail-sink exclude each other") }
        var server: SMTPConfiguration
        do {
            server = try SMTPConfiguration(url: url)
        } catch {
            throw ValidationError("--smtp: \(error)")
        }
        if options.smtp != nil, server.user != nil || server.password != nil {
            // Everybody on the machine can read command lines.
            throw ValidationError(
                "--smtp: user and password do not belong on the command line; use MARTLET_SMTP_USER and "
                    + "MARTLET_SMTP_PASSWORD_FILE")
        }
        // Nobody is between this machine and itself.
        if server.security == .startTLS, !url.contains("?tls="), ServeSettings.isLoopback(server.host) {
            server.security = .opportunistic
        }
        server.user = reader.string("smtpUser", nil) ?? server.user
        server.password = try reader.secret("smtpPassword", options.smtpPasswordFile) ?? server.password
        server.authorities = authorities
        return .server(server)
    }

    private static func webhook(
        _ options: MessageOptions, _ reader: SettingsReader, _ authorities: String?
    ) throws -> Webhook? {
        guard let url = reader.string("messageWebhook", options.messageWebhook) else { return nil }
        guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
            throw ValidationError("--message-webhook begins with https:// or http://")
        }
        let token = try reader.secret("messageWebhookToken", options.messageWebhookTokenFile)
        let headers = token.map { [HTTPEndpoint.Header("Authorization", "Bearer \($0.value)")] } ?? []
        let endpoint = HTTPEndpoint(
            url: url, headers: headers,
            signingKey: try reader.secret("messageWebhookSecret", options.messageWebhookSecretFile),
            authorities: authorities)
        guard let file = reader.string("messageWebhookTemplate", options.messageWebhookTemplate) else {
            return Webhook(endpoint: endpoint, payload: .standard)
        }
        do {
            let template = try reader.content(of: file, "--message-webhook-template")
            return Webhook(endpoint: endpoint, payload: try NoticePayload(template: template))
        } catch let error as CarrierError {
            throw ValidationError("--message-webhook-template: \(error)")
        }
    }

    private static func host(of baseURL: String?) -> String {
        let rest = baseURL?.split(separator: "://", maxSplits: 1).last ?? "localhost"
        let host = rest.prefix { $0 != "/" && $0 != ":" }
        // Addresses in brackets and such are no domains to write from.
        return host.isEmpty || host.contains("[") ? "localhost" : String(host)
    }
}
