import ArgumentParser
import FHIRServer
import FHIRStore
import Logging
import SyntheticClinic

/// `martlet load resources`, or `martlet load` alone: fills the database from files or with a made-up clinic.
struct LoadResourcesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resources",
        abstract: "Load resources: NDJSON, Bundles, single resources, folders of them, or a synthetic clinic.",
        discussion: "Resources with an id are stored under it; a later load of the same resource changes nothing.")

    @Argument(help: "Files (.ndjson or .json) or folders.")
    var files: [String] = []

    @Option(help: "Also load a made-up clinic with so many patients.")
    var synthetic: Int?

    @Option(help: "What the made-up clinic is made from; the same number gives the same clinic. Default 1.")
    var seed: UInt64 = 1

    @Option(help: "Transactions at once. Default 4.")
    var jobs = 4

    @Option(help: "Resources in one transaction. Default 200.")
    var batch = 200

    @OptionGroup var profileOptions: ProfileOptions
    @OptionGroup var databaseOptions: DatabaseOptions

    func validate() throws {
        guard jobs > 0, batch > 0, synthetic ?? 1 > 0 else { throw ValidationError("numbers must be positive") }
        guard !files.isEmpty || synthetic != nil else { throw ValidationError("name files or --synthetic N") }
    }

    func run() async throws {
        let paths = try InputFiles.expand(files, extensions: ["json", "ndjson"])
        let reader = try await databaseOptions.reader()
        let settings = try databaseOptions.settings(reader)
        let profiles = try profileOptions.profiles(reader)
        let logger = Logger(label: "martlet") { JSONLogHandler(label: $0, level: settings.logLevel) }
        try await OpenStore.with(settings, profiles: profiles, logger: logger) { open in
            try await open.migrate()
            let clinic = synthetic.map { SyntheticClinic(seed: seed, patients: $0) }
            let source = LoadSource(files: paths, synthetic: clinic, unitCount: batch)
            let loader = Loader(
                store: open.store, search: open.search,
                checker: open.checking)
            let start = ContinuousClock.now
            var counts = await loader.load(source, jobs: jobs)
            for path in await source.unreadable {
                Console.say("\(path) cannot be read")
                counts.failed += 1
            }
            report(counts, seconds: (ContinuousClock.now - start) / .seconds(1))
            if counts.failed > 0 { throw ExitCode(1) }
        }
    }

    private func report(_ counts: Loader.Counts, seconds: Double) {
        let rate = Int(Double(counts.written) / max(seconds, 0.001))
        Console.say(
            "loaded \(counts.written) resources in \(seconds.twoDigits) s: \(rate) per second; \(counts.failed) failed")
        Console.data(
            """
            {"resources":\(counts.written),"created":\(counts.created),"updated":\(counts.updated),\
            "unchanged":\(counts.unchanged),"failed":\(counts.failed),"seconds":\(seconds.twoDigits),\
            "resourcesPerSecond":\(rate)}
            """)
    }
}
