/// The mail server that messages are handed to.
package struct SMTPConfiguration: Sendable, Hashable {
    package enum Security: String, Sendable {
        /// TLS from the first byte, on port 465 as a rule.
        case tls
        /// STARTTLS before anything else; a server that lacks it gets nothing.
        case startTLS
        /// STARTTLS if the server offers it. Whoever is on the way can take the offer away.
        case opportunistic
        /// As is; for a server on this machine.
        case none
    }

    /// Name or address; one of IPv6 in brackets.
    package var host: String
    package var port: Int
    package var security: Security
    /// Nil where the server wants none.
    package var user: String?
    package var password: Secret?
    /// What this machine calls itself in EHLO.
    package var clientName: String
    /// For one message, connection and all.
    package var timeoutSeconds: Int
    /// PEM file of the authorities to trust; nil for those of the system.
    package var authorities: String?

    package init(
        host: String, port: Int = 587, security: Security = .startTLS, user: String? = nil, password: Secret? = nil,
        clientName: String = "localhost", timeoutSeconds: Int = 30, authorities: String? = nil
    ) {
        self.host = host
        self.port = port
        self.security = security
        self.user = user
        self.password = password
        self.clientName = clientName
        self.timeoutSeconds = timeoutSeconds
        self.authorities = authorities
    }

    /// As in `smtp://user:password@mail.example:587`, with `smtps` for TLS from the beginning. User and password are
    /// percent-encoded. `?tls=opportunistic` and `?tls=none` loosen what `smtp` demands, which is STARTTLS.
    ///
    /// Throws `CarrierError.Code.invalid`; its message does not quote the URL.
    package init(url: String) throws(CarrierError) {
        let invalid = CarrierError(.invalid, "the mail server is not given as smtp://user:password@host:port")
        guard let parts = URLParts(url), let host = parts.host, parts.path == "/" || parts.path.isEmpty else {
            throw invalid
        }
        switch (parts.scheme, parts.query) {
        case ("smtps", nil): self.init(host: host, port: parts.port ?? 465, security: .tls)
        case ("smtp", nil), ("smtp", "tls=required"): self.init(host: host, port: parts.port ?? 587)
        case ("smtp", "tls=opportunistic"): self.init(host: host, port: parts.port ?? 25, security: .opportunistic)
        case ("smtp", "tls=none"): self.init(host: host, port: parts.port ?? 25, security: .none)
        default: throw invalid
        }
        user = parts.user
        password = parts.password.map { Secret($0) }
    }
}
