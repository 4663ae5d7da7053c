import ArgumentParser
import FHIRServer
import FHIRStore
import FHIRValidation
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
        let reader = try await databaseOptions.reader()
        let settings = try ServeSettings(options, reader)
        let databaseSettings = try databaseOptions.settings(reader)
        let logger = Logger(label: "martlet") { JSONLogHandler(label: $0, level: databaseSettings.logLevel) }
        let baseURLs = settings.baseURL.map { [$0] } ?? []
        try await OpenStore.with(databaseSettings, baseURLs: baseURLs, logger: logger) { open in
            let report = try await open.migrate()
            if !report.applied.isEmpty { Console.say("database: \(report.applied.count) migrations applied") }
            let access = try await accessControl(settings, open)
            let service = httpService(settings, open, access, logger, started: start)
            let group = ServiceGroup(
                configuration: ServiceGroupConfiguration(
                    services: [service], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
            try await group.run()
            Console.say("martlet has stopped")
        }
    }

    private func accessControl(_ settings: ServeSettings, _ open: OpenStore) async throws -> any AccessControl {
        switch settings.authentication {
        case .none: return OpenAccess()
        case .smart:
            let tokens = AccessTokens(database: open.database)
            if let token = try await tokens.issueFirst(name: "first administrator") {
                Console.say("access token, shown this once: \(token)")
                Console.say("use it as: Authorization: Bearer TOKEN")
            }
            return BearerAccess(tokens: tokens)
        }
    }

    private func httpService(
        _ settings: ServeSettings, _ open: OpenStore, _ access: any AccessControl, _ logger: Logger,
        started: ContinuousClock.Instant
    ) -> FHIRHTTPServer {
        var configuration = FHIRHTTPServer.Configuration()
        configuration.host = settings.host
        configuration.port = settings.port
        configuration.baseURL = settings.baseURL
        configuration.limits.bodyByteCount = settings.greatestBody
        let interactions = Interactions(
            store: open.store,
            checker: StructureChecking(validator: StructureValidator(definitions: open.store.definitions)),
            operations: OperationRegistry(), search: NoSearch(), limits: configuration.limits)
        let monitoring = Monitoring(
            store: open.store, migrationCount: OpenStore.migrations(open.store.definitions).count)
        let host = settings.host
        return FHIRHTTPServer(
            configuration: configuration, interactions: interactions, monitoring: monitoring, access: access,
            logger: logger
        ) { port in
            let milliseconds = (ContinuousClock.now - started) / .milliseconds(1)
            let shown = host.contains(":") ? "[\(host)]" : host
            Console.say("martlet is ready after \(Int(milliseconds)) ms: FHIR at http://\(shown):\(port)/fhir")
        }
    }
}
