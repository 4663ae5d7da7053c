package import Logging

/// Hands mail to a server by SMTP.
package struct SMTPSender: Sendable {
    private let configuration: SMTPConfiguration
    private let loop: TransferLoop
    private let logger: Logger

    /// - Parameter limits: what is sent at a time, each over a connection of its own.
    package init(
        _ configuration: SMTPConfiguration, limits: TransferLoop.Limits = TransferLoop.Limits(active: 4),
        logger: Logger
    ) throws(CarrierError) {
        let isHost = configuration.host.utf8.allSatisfy { byte in
            MailAddress.isAtomByte(byte) && byte != UInt8(ascii: "/") && byte != UInt8(ascii: "?")
                && byte != UInt8(ascii: "#") && byte != UInt8(ascii: "%")
                || ".:[]".utf8.contains(byte)
        }
        let isClient = configuration.clientName.utf8.allSatisfy { byte in
            MailAddress.isAtomByte(byte) && byte != UInt8(ascii: "?") && byte != UInt8(ascii: "#")
                && byte != UInt8(ascii: "/") && byte != UInt8(ascii: "%") || ".:[]".utf8.contains(byte)
        }
        guard isHost, isClient, !configuration.host.isEmpty, !configuration.clientName.isEmpty,
            1...65_535 ~= configuration.port, 1...3600 ~= configuration.timeoutSeconds,
            Self.isLine(configuration.user ?? ""), Self.isLine(configuration.password?.value ?? "")
        else { throw CarrierError(.invalid, "the mail server's host, port, timeout or user cannot be used") }
        self.configuration = configuration
        // Its own: libcurl does not look at how a connection that began in clear was secured before it uses it again,
        // so one must not serve senders that differ in that.
        loop = TransferLoop(limits: limits, threadCount: max(1, limits.active))
        self.logger = logger
    }

    /// Returns when the server has taken the message for all recipients.
    ///
    /// Throws `CarrierError`, or `CancellationError` if the task is cancelled.
    package func send(_ mail: Mail) async throws -> CarrierReceipt {
        let milliseconds = configuration.timeoutSeconds * 1000
        let request = MailRequest(
            url: "\(configuration.security == .tls ? "smtps" : "smtp")://\(configuration.host):\(configuration.port)/"
                + configuration.clientName,
            needsTLS: configuration.security == .tls || configuration.security == .startTLS,
            wantsTLS: configuration.security == .opportunistic, user: configuration.user,
            password: configuration.password, sender: mail.from.address, recipients: mail.to.map(\.address),
            data: try mail.rendered())
        let result = try await loop.run(
            Transfer(
                request: .mail(request), connectMilliseconds: min(milliseconds, 15_000), milliseconds: milliseconds,
                authorities: configuration.authorities))
        let reply = SMTPReply(result)
        if let error = reply.error {
            logger.debug("mail was not taken", metadata: ["code": "\(error.code)", "status": "\(error.status ?? 0)"])
            throw error
        }
        return CarrierReceipt(status: result.status, reference: reply.reference)
    }

    private static func isLine(_ text: String) -> Bool { !text.utf8.contains { $0 < 0x20 || $0 == 0x7F } }
}
