import ArgumentParser
import FHIRServer
import FHIRStore
import Logging

/// `martlet check`: looks whether a server could start here, and changes nothing.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check the options and the database without changing anything.")

    @OptionGroup var options: ServeOptions
    @OptionGroup var databaseOptions: DatabaseOptions

    func run() async throws {
        let reader = try await databaseOptions.reader()
        _ = try ServeSettings(options, reader)
        let settings = try databaseOptions.settings(reader)
        let logger = Logger(label: "martlet") { JSONLogHandler(label: $0, level: settings.logLevel) }
        let (pending, hasRowSecurity) = try await OpenStore.with(settings, logger: logger) { open in
            let migrations = OpenStore.migrations(open.store.definitions)
            let pending = try await Migrator(database: open.database, migrations: migrations).pending()
            return (pending, try await TenantRowSecurity.isReady(open.store))
        }
        Console.data(
            "{\"database\":\"reachable\",\"pendingMigrations\":\(pending.count),\"rowSecurity\":\(hasRowSecurity)}")
        if pending.isEmpty, !hasRowSecurity {
            Console.say("row security is off: the role martlet_tenant is not ready, see docs/access/rights.md")
        }
        guard pending.isEmpty else {
            Console.say("\(pending.count) migrations are missing: run martlet migrate")
            throw ExitCode(1)
        }
    }
}
