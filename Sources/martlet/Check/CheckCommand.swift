import ArgumentParser
import FHIRServer
import FHIRStore
import Foundation
import JSONTape
import Logging

/// `martlet check`: looks whether a server could start here, and how safe it would be; changes nothing.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check the options, the database and how safe they are; change nothing.",
        discussion: """
            Prints JSON: what is wrong is in `findings`. The exit status is 0, 1 where migrations are missing, or 3 \
            where a finding is `unsafe`.
            """)

    /// Of findings that must not stay.
    static let unsafeStatus = ExitCode(3)

    @OptionGroup var options: ServeOptions
    @OptionGroup var databaseOptions: DatabaseOptions

    func run() async throws {
        let reader = try await databaseOptions.reader()
        let serve = try ServeSettings(options, reader)
        let settings = try databaseOptions.settings(reader)
        let logger = Logger(label: "martlet") { JSONLogHandler(label: $0, level: settings.logLevel) }
        let review = SafetyReview(
            settings: serve, database: settings, secretFiles: secretFiles(reader, settings),
            isAddressOnCommandLine: databaseOptions.databaseURL != nil, now: Int64(Date().timeIntervalSince1970))
        var findings = try review.settingsFindings()
        let (pending, stored) = try await OpenStore.with(settings, logger: logger) { open in
            let pending = try await Migrator(
                database: open.database, migrations: OpenStore.migrations(open.store.definitions)
            ).pending()
            guard pending.isEmpty else { return (pending, [SafetyFinding]()) }
            var stored = try await StoredSafety(database: open.database).findings()
            if try await !TenantRowSecurity.isReady(open.store) {
                stored.append(
                    .advice(
                        "no-row-security",
                        "PostgreSQL does not hold tenants apart by itself; docs/access/rights.md says how it would"))
            }
            return (pending, stored)
        }
        findings += stored
        Console.data(Self.line(pending.count, findings))
        for finding in findings { Console.say("\(finding.severity.rawValue): \(finding.text)") }
        guard pending.isEmpty else {
            Console.say("\(pending.count) migrations are missing: run martlet migrate")
            throw ExitCode(1)
        }
        if findings.contains(where: { $0.severity == .unsafe }) { throw Self.unsafeStatus }
    }

    private static func line(_ pending: Int, _ findings: [SafetyFinding]) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("database", "reachable")
        writer.key("pendingMigrations")
        writer.number(pending)
        writer.key("findings")
        writer.beginArray()
        for finding in findings { finding.write(to: &writer) }
        writer.endArray()
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// Files that hold secrets, by the option that names them.
    private func secretFiles(_ reader: SettingsReader, _ settings: DatabaseSettings) -> [(option: String, path: String)]
    {
        let messages = options.messages
        let named: [(String, String?)] = [
            ("--tls-key", reader.string("tlsKey", options.transport.tlsKey)),
            ("--mllp-tls-key", reader.string("mllpTlsKey", options.listeners.mllpTlsKey)),
            ("--secret-key-file", reader.string("secretKeyFile", options.secretKeyFile)),
            ("--smtp-password-file", reader.string("smtpPasswordFile", messages.smtpPasswordFile)),
            (
                "--message-webhook-secret-file",
                reader.string("messageWebhookSecretFile", messages.messageWebhookSecretFile)
            ),
            (
                "--message-webhook-token-file",
                reader.string("messageWebhookTokenFile", messages.messageWebhookTokenFile)
            ),
            ("--config", databaseOptions.configurationFile),
            ("--data-dir", settings.dataDirectory + "/secret.key"),
        ]
        return named.compactMap { option, path in path.map { (option: option, path: $0) } }
    }
}
