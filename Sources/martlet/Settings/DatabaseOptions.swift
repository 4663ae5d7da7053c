import ArgumentParser
import FHIRSearch
import Glibc
import Logging

/// Options of every command that opens the database.
struct DatabaseOptions: ParsableArguments {
    @Option(help: "PostgreSQL's address (also DATABASE_URL). Without one, a cluster of our own in --data-dir is used.")
    var databaseURL: String?

    @Option(help: "Where the embedded PostgreSQL keeps its data. Default ./martlet-data.")
    var dataDir: String?

    @Option(help: "Zone of dates and times that name none, such as Europe/Oslo; set it before loading. Default UTC.")
    var timeZone: String?

    @Option(help: "A JSON file with options.")
    var config: String?

    @Option(help: "trace, debug, info, notice, warning, error or critical; debug logs every request. Default info.")
    var logLevel: String?

    /// The JSON file with options; nil where there is none.
    var configurationFile: String? { config ?? getenv("MARTLET_CONFIG").map { String(cString: $0) } }

    func reader() async throws -> SettingsReader { try await SettingsReader(file: configurationFile) }

    func settings(_ reader: SettingsReader) throws -> DatabaseSettings {
        let level = reader.string("logLevel", logLevel) ?? "info"
        guard let logLevel = Logger.Level(rawValue: level) else {
            throw ValidationError("--log-level: \(level) is no level")
        }
        return DatabaseSettings(
            url: reader.string("databaseUrl", databaseURL) ?? getenv("DATABASE_URL").map { String(cString: $0) },
            dataDirectory: reader.string("dataDir", dataDir) ?? "./martlet-data", logLevel: logLevel,
            zone: try LocalZone(named: reader.string("timeZone", timeZone) ?? "UTC"))
    }
}

/// Which database to open.
struct DatabaseSettings: Sendable {
    /// Nil for the embedded cluster.
    var url: String?
    var dataDirectory: String
    var logLevel: Logger.Level
    /// Of dates and times that name none.
    var zone: LocalZone = .utc
}
