import Access
import Carriers
import FHIRServer
import MLLPServer
import PostgreSQL
import TransportSecurity

/// Looks for settings that endanger what the server keeps.
struct SafetyReview: Sendable {
    let settings: ServeSettings
    let database: DatabaseSettings
    /// The path of each file with a secret, and which option names it.
    let secretFiles: [(option: String, path: String)]
    /// Whether the address of the database came by the command line, which everybody on the machine can read.
    let isAddressOnCommandLine: Bool
    /// Seconds since 1970.
    let now: Int64

    /// What the settings alone tell.
    func settingsFindings() throws -> [SafetyFinding] {
        try httpFindings() + accessFindings() + messageFindings() + databaseFindings() + fileFindings()
    }

    private var isPublic: Bool { !ServeSettings.isLoopback(settings.host) }

    private func httpFindings() -> [SafetyFinding] {
        var findings: [SafetyFinding] = []
        let transport = settings.transport
        let isBehindProxy = settings.baseURL?.hasPrefix("https://") == true && !transport.trustedProxies.isEmpty
        if isPublic, transport.tls == nil, !isBehindProxy {
            findings.append(
                .unsafe(
                    "plain-http",
                    "HTTP without TLS on \(settings.host): give --tls-cert and --tls-key, or put a proxy in front and "
                        + "name it with --trusted-proxy and its address with --base-url https://…"))
        }
        if isPublic, settings.baseURL == nil {
            findings.append(
                .advice(
                    "no-base-url",
                    "without --base-url links are made from the Host that a client names; say what clients call it"))
        }
        if let url = settings.baseURL, url.hasPrefix("http://"), !Self.isLoopbackURL(url) {
            findings.append(
                .unsafe("plain-base-url", "--base-url begins with http://: cookies and tokens go in the open"))
        }
        if isPublic, transport.rates.client == nil {
            findings.append(.advice("no-rate-limit", "no --rate-limit: one client can take all the server has"))
        }
        if let tls = transport.tls { findings += certificateFindings("--tls-cert", tls.expiry) }
        return findings
    }

    private func certificateFindings(_ option: String, _ expiry: Int64) -> [SafetyFinding] {
        let days = (expiry - now) / 86_400
        if expiry <= now { return [.unsafe("certificate-expired", "\(option): the certificate has expired")] }
        return days < 21 ? [.advice("certificate-expires", "\(option): the certificate expires in \(days) days")] : []
    }

    private func accessFindings() -> [SafetyFinding] {
        var findings: [SafetyFinding] = []
        if settings.authentication == .none {
            findings.append(
                .unsafe("no-authentication", "--auth none: everybody on this machine may read and change everything"))
        }
        if !settings.isAudited {
            findings.append(
                .advice("no-audit", "no record is kept of who did what: leave --audit off out, or give --audit on"))
        }
        if settings.takesRegistrations {
            findings.append(
                .advice(
                    "open-registration",
                    "--client-registration: any program may register itself and ask people for consent"))
        }
        return findings
    }

    private func messageFindings() -> [SafetyFinding] {
        var findings: [SafetyFinding] = []
        for listener in settings.mllp.listeners where !ServeSettings.isLoopback(listener.host) {
            if listener.tls == nil {
                findings.append(
                    .unsafe(
                        "plain-mllp",
                        "the listener \(listener.name) takes HL7 v2 without TLS on \(listener.host): give "
                            + "--mllp-tls-cert and --mllp-tls-key"))
            }
            let asksWho = listener.tls?.server.files.clientAuthority != nil || !listener.allowedAddresses.isEmpty
            if !asksWho {
                findings.append(
                    .unsafe(
                        "open-mllp",
                        "anybody may send to the listener \(listener.name): give --mllp-tls-client-ca, or allow= with "
                            + "the addresses of its senders"))
            }
        }
        if let tls = settings.mllp.listeners.lazy.compactMap(\.tls).first {
            findings += certificateFindings("--mllp-tls-cert", tls.server.expiry)
        }
        switch settings.messages.mail {
        case .server(let server) where server.security == .none || server.security == .opportunistic:
            guard !ServeSettings.isLoopback(server.host) else { break }
            findings.append(
                .unsafe("plain-mail", "mail goes to \(server.host) without TLS: links in it sign people in"))
        case .sink: findings.append(.advice("mail-sink", "--mail-sink: mail stays in a folder and reaches nobody"))
        default: break
        }
        if let url = settings.messages.webhook?.endpoint.url.value, url.hasPrefix("http://"), !Self.isLoopbackURL(url) {
            findings.append(.unsafe("plain-webhook", "--message-webhook begins with http://"))
        }
        return findings
    }

    private func databaseFindings() throws -> [SafetyFinding] {
        guard let url = database.url else { return [] }
        let facts = try ConnectionFacts(url)
        var findings: [SafetyFinding] = []
        let remote = facts.hosts.filter { !$0.hasPrefix("/") && !ServeSettings.isLoopback($0) }
        if let host = remote.first, !facts.isEncrypted {
            findings.append(
                .unsafe(
                    "plain-database",
                    "PostgreSQL on \(host) with sslmode=\(facts.encryption): say sslmode=verify-full in the address"))
        }
        if facts.hasWeakPassword {
            findings.append(
                .unsafe("weak-database-password", "the password of the database is one that is tried first"))
        }
        if isAddressOnCommandLine, facts.hasPassword {
            findings.append(
                .unsafe(
                    "secret-on-command-line",
                    "--database-url holds a password, and everybody on this machine can read command lines: use "
                        + "DATABASE_URL, PGPASSFILE or the configuration file"))
        }
        return findings
    }

    private func fileFindings() -> [SafetyFinding] {
        secretFiles.compactMap { option, path in
            guard let others = FileReaders(of: path) else { return nil }
            return .unsafe("readable-secret", "\(option): \(path) can be read by \(others.words); chmod 600 it")
        }
    }

    private static func isLoopbackURL(_ url: String) -> Bool {
        guard let start = url.firstRange(of: "://")?.upperBound else { return false }
        let authority = url[start...].prefix { $0 != "/" && $0 != "?" }
        if authority.hasPrefix("[") { return authority.hasPrefix("[::1]") }
        return ServeSettings.isLoopback(String(authority.prefix { $0 != ":" }))
    }
}
