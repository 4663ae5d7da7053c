import ArgumentParser
import FHIRDefinitions
import FHIRSearch
import FHIRServer
import FHIRStore
import Logging

/// `martlet reindex`: extracts index entries afresh, also while servers run on the database.
struct ReindexCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reindex",
        abstract: "Extract the index entries of stored resources again, also while servers run.",
        discussion: "Interrupted, it goes on where it stopped: with the next run, or in any running server.")

    @Option(help: "A resource type; all of them without.")
    var type: [String] = []

    @Option(help: "The code of a custom search parameter: the types that have it.")
    var parameter: [String] = []

    @OptionGroup var databaseOptions: DatabaseOptions

    func run() async throws {
        let settings = try databaseOptions.settings(try await databaseOptions.reader())
        let logger = Logger(label: "martlet") { JSONLogHandler(label: $0, level: settings.logLevel) }
        try await OpenStore.with(settings, logger: logger) { open in
            try await open.migrate()
            let store = open.store
            try await store.refreshSearchParameters()
            var types = try type.map { name in
                guard let type = store.definitions.resourceType(named: name) else {
                    throw ValidationError("\(name) is no resource type")
                }
                return type
            }
            for code in parameter {
                let found = store.indexer.customParameters.members.filter { $0.parameter.code == code }
                guard !found.isEmpty else { throw ValidationError("there is no custom search parameter \(code)") }
                types += found.map(\.parameter.base)
            }
            if types.isEmpty { types = store.tables.types }
            try await store.requestReindex(Array(Set(types)).sorted())
            let names = Set(types.map { store.definitions.name(of: $0) })
            try await work(store, names)
        }
    }

    /// Works at the jobs, or watches the servers that do, until all are finished.
    private func work(_ store: FHIRStore, _ names: Set<String>) async throws {
        let types = names.compactMap { store.definitions.resourceType(named: $0) }
        var shown = ""
        while true {
            if case .worked = try await store.reindexStep(of: types) {
            } else {
                try await Task.sleep(for: .milliseconds(50))
            }
            let jobs = try await store.reindexStatus().filter { names.contains($0.typeName) }
            let open = jobs.filter { $0.state != .finished }
            if let current = open.first(where: { $0.state == .running }) {
                let line =
                    "\(current.typeName) \(current.percent) %, \(jobs.count - open.count) of \(jobs.count) types done"
                if line != shown { Console.say(line) }
                shown = line
            }
            if open.isEmpty {
                let count = jobs.reduce(0) { $0 + $1.done }
                Console.say("reindexed \(count) resources of \(jobs.count) types")
                Console.data("{\"types\":\(jobs.count),\"resources\":\(count)}")
                return
            }
        }
    }
}
