import ArgumentParser
import FHIRFormats
import FHIRServer
import FHIRStore
import JSONTape
import Logging

/// `martlet package list`: one line of JSON for each loaded version.
struct PackageListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the packages that are loaded, one line of JSON each.")

    @OptionGroup var databaseOptions: DatabaseOptions

    func run() async throws {
        let settings = try databaseOptions.settings(try await databaseOptions.reader())
        let logger = Logger(label: "martlet") { JSONLogHandler(label: $0, level: settings.logLevel) }
        try await OpenStore.with(settings, logger: logger) { open in
            try await open.migrate()
            for package in try await open.store.loadedPackages() {
                var writer = JSONWriter()
                writer.beginObject()
                writer.member("name", package.name)
                writer.member("version", package.version)
                if let title = package.title { writer.member("title", title) }
                if let canonical = package.canonical { writer.member("canonical", canonical) }
                writer.key("resources")
                writer.number(package.resourceCount)
                writer.member("loaded", Instant(microsecondsSince1970: package.loaded).text)
                writer.endObject()
                Console.data(String(decoding: writer.bytes, as: UTF8.self))
            }
        }
    }
}
