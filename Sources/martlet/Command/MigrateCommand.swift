import ArgumentParser
import FHIRServer
import FHIRStore
import Logging

/// `martlet migrate`: brings the database to this version's schema and says what it did.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Bring the database to this version's schema.")

    @OptionGroup var databaseOptions: DatabaseOptions

    func run() async throws {
        let settings = try databaseOptions.settings(try await databaseOptions.reader())
        let logger = Logger(label: "martlet") { JSONLogHandler(label: $0, level: settings.logLevel) }
        try await OpenStore.with(settings, logger: logger) { open in
            let report = try await open.migrate()
            for migration in report.applied { Console.say("applied \(migration.version) \(migration.name)") }
            Console.data("{\"alreadyApplied\":\(report.alreadyApplied),\"applied\":\(report.applied.count)}")
        }
    }
}
