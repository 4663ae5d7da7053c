import ArgumentParser
import FHIRServer
import Logging
import ServiceLifecycle
import UnixSignals

/// `martlet serve`: runs until SIGINT or SIGTERM, then finishes what is in flight.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "serve", abstract: "Run the server.")

    @OptionGroup var options: ServeOptions
    @OptionGroup var databaseOptions: DatabaseOptions

    func run() async throws {
        let start = ContinuousClock.now
        FileLimit.raise()
        let reader = try await databaseOptions.reader()
        let settings = try ServeSettings(options, reader)
        let databaseSettings = try databaseOptions.settings(reader)
        let logger = Logger(label: "martlet") { JSONLogHandler(label: $0, level: databaseSettings.logLevel) }
        let life = ServerLife(settings: settings, database: databaseSettings, logger: logger, started: start)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    ServiceGroupConfiguration.ServiceConfiguration(
                        service: life, successTerminationBehavior: .gracefullyShutdownGroup)
                ],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await group.run()
        Console.say("martlet has stopped")
    }
}
