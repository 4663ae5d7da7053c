import ArgumentParser
import FHIRServer
import FHIRStore
import FHIRTerminology
import Logging

/// `martlet load terminology`: fills the tables of large code systems from their publishers' files.
struct LoadTerminologyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "terminology",
        abstract: "Load a code system from its publisher's files.",
        discussion: """
            loinc       Loinc.csv, and ComponentHierarchyBySystem.csv for what is a kind of what
            snomed      the RF2 snapshot files of concepts, descriptions and relationships
            icd-10-cm   the order file, icd10cm_order_2024.txt
            A system is seen when it is whole, and then takes the place of the same version.
            """)

    @Option(help: "Whose files these are: loinc, snomed or icd-10-cm.")
    var system: TerminologyDistribution

    @Option(help: "The version of the code system; of SNOMED CT's the newest date by default.")
    var version: String?

    @Argument(help: "Files, or folders of them.")
    var files: [String]

    @OptionGroup var databaseOptions: DatabaseOptions

    func run() async throws {
        let paths = try InputFiles.expand(files, extensions: ["csv", "txt"])
        let settings = try databaseOptions.settings(try await databaseOptions.reader())
        let logger = Logger(label: "martlet") { JSONLogHandler(label: $0, level: settings.logLevel) }
        try await OpenStore.with(settings, logger: logger) { open in
            try await open.migrate()
            let start = ContinuousClock.now
            let loader = TerminologyLoader(system: system, version: version, database: open.database)
            let count = try await loader.load(paths)
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            Console.say("loaded \(count) concepts of \(system.url) in \(seconds.twoDigits) s")
            Console.data(#"{"system":"\#(system.url)","concepts":\#(count),"seconds":\#(seconds.twoDigits)}"#)
        }
    }
}

extension TerminologyDistribution: ExpressibleByArgument {}
