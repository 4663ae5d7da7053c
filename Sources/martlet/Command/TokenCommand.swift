import ArgumentParser
import FHIRServer
import Logging

/// `martlet token`: access tokens.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Manage access tokens.", subcommands: [Issue.self])

    /// `martlet token issue`: prints a new bearer token, of which only the hash is kept.
    struct Issue: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "issue", abstract: "Print a new bearer token.")

        @Option(help: "Whose token it is, for logs and lists.")
        var name = "command line"

        @Option(help: "Seconds until it expires. Default: never.")
        var expires: Int?

        @OptionGroup var databaseOptions: DatabaseOptions

        func validate() throws {
            if let expires, expires <= 0 { throw ValidationError("--expires must be positive") }
        }

        func run() async throws {
            let settings = try databaseOptions.settings(try await databaseOptions.reader())
            let logger = Logger(label: "martlet") { JSONLogHandler(label: $0, level: settings.logLevel) }
            try await OpenStore.with(settings, logger: logger) { open in
                try await open.migrate()
                let tokens = AccessTokens(database: open.database)
                Console.data(try await tokens.issue(name: name, lifetimeSeconds: expires))
            }
        }
    }
}
