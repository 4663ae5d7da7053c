import ArgumentParser
import FHIRProfiles
import FHIRServer
import FHIRStore
import Foundation
import JSONTape
import Logging

/// `martlet package load`: loads packages from files, also while servers run on the database.
struct PackageLoadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load", abstract: "Load FHIR NPM packages (.tgz), each of them whole or not at all.",
        discussion: "Loading a package again changes nothing. Several versions of a package may be loaded.")

    @Argument(help: "Files (.tgz), those first that others build on.")
    var files: [String]

    @Flag(help: "Store examples and resources of other types as well.")
    var examples = false

    @Flag(help: "Put the package in the place of one of the same name and version with other content.")
    var replace = false

    @OptionGroup var databaseOptions: DatabaseOptions

    func run() async throws {
        let settings = try databaseOptions.settings(try await databaseOptions.reader())
        let logger = Logger(label: "martlet") { JSONLogHandler(label: $0, level: settings.logLevel) }
        let archives = try files.map { path in
            guard let data = FileManager.default.contents(atPath: path) else {
                throw ValidationError("\(path) cannot be read")
            }
            return (path, Array(data))
        }
        try await OpenStore.with(settings, logger: logger) { open in
            try await open.migrate()
            try await open.store.refreshSearchParameters()
            let checking = PackageChecking(checker: open.checking)
            for (path, archive) in archives {
                let loader = PackageLoader(store: open.store, check: { checking.problem(of: $0) }) { progress in
                    Self.say(progress)
                }
                do {
                    let options = PackageOptions(includesExamples: examples, replaces: replace)
                    report(try await loader.load(archive, options))
                } catch {
                    for issue in Failure(error).issues { Console.say("\(path): \(issue.diagnostics ?? "failed")") }
                    throw ExitCode(1)
                }
            }
        }
    }

    private static func say(_ progress: PackageProgress) {
        switch progress {
        case .checked(let count): Console.say("checked \(count) resources")
        case .stored(let count, let total): Console.say("stored \(count) of \(total)")
        }
    }

    private func report(_ load: PackageLoad) {
        for issue in load.issues {
            let place = issue.file.map { "\($0): " } ?? ""
            Console.say("\(issue.severity.rawValue): \(place)\(issue.message)")
        }
        let count = load.counts.values.reduce(0, +)
        Console.say("\(load.outcome.rawValue) \(load.manifest.identifier), \(count) resources")
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("name", load.manifest.name)
        writer.member("version", load.manifest.version)
        writer.member("result", load.outcome.rawValue)
        writer.key("resources")
        writer.number(count)
        writer.key("counts")
        writer.beginObject()
        for (type, count) in load.counts.sorted(by: { $0.key < $1.key }) {
            writer.key(named: type)
            writer.number(count)
        }
        writer.endObject()
        writer.key("warnings")
        writer.number(load.issues.count)
        writer.endObject()
        Console.data(String(decoding: writer.bytes, as: UTF8.self))
    }
}
