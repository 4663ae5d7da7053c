import Glibc

/// One run from the fresh server to the report.
struct Run {
    private let options: Options
    private let folder: String
    private let server: ServerUnderTest
    private var facts = RunFacts()
    private var measurements: [Measurement] = []

    init(_ options: Options) throws {
        self.options = options
        // Short, as a socket's path must be.
        folder = options.dataDirectory ?? "/tmp/martlet-bench-\(getpid())-data"
        mkdir(folder, 0o755)
        server = ServerUnderTest(binary: options.martlet, dataDirectory: folder)
    }

    /// Errors seen in all workloads.
    mutating func execute() throws -> Int {
        defer {
            server.stop()
            if options.dataDirectory == nil { _ = try? Command.run(["rm", "-rf", folder]) }
        }
        let isNew = access(folder + "/postgres", F_OK) != 0
        let first = try server.start()
        if isNew { facts.firstStartSeconds = first }
        say("started in \(NumberText.fixed(first, 2)) s")
        let postgres = try Postgres(dataDirectory: folder)
        try prepareData(postgres)
        facts.validationMicroseconds = try ValidationCost.microseconds()
        facts.parsedMessagesPerSecond = try MessageParsing.perSecond()
        let flushes = FlushRate.measure(in: folder)
        (facts.flushesPerSecond, facts.flushMedianMicroseconds) = (flushes.perSecond, flushes.medianMicroseconds)
        try facts.readSettings(postgres)
        try measureStart()
        try measureWorkloads(try Postgres(dataDirectory: folder))
        guard !options.showsScripts else { return 0 }
        facts.loadedMegabytes = ProcessMemory.resident(server.process)
        let postmaster = try Postgres(dataDirectory: folder).postmaster
        facts.postgresMegabytes = ProcessMemory.proportional(withChildren: postmaster)
        print(TextReport(facts: facts, measurements: measurements).text)
        if let file = options.resultFile {
            try TextFile.write(JSONReport(facts: facts, measurements: measurements).text, to: file)
        }
        return measurements.reduce(0) { $0 + $1.load.errors + ($1.openLoop?.result.errors ?? 0) }
    }

    /// Loads the made-up clinic unless there is one, and brings PostgreSQL's statistics up to date.
    private mutating func prepareData(_ postgres: Postgres) throws {
        if try postgres.value("SELECT 1 FROM observation LIMIT 1") != "1" {
            say("loading about \(options.scale) resources")
            let seconds = try server.load(patients: options.patientCount)
            say("loaded in \(NumberText.short(seconds)) s; VACUUM ANALYZE")
            try postgres.query("VACUUM ANALYZE", "CHECKPOINT")
            let disk = try DiskUsage.measure(postgres)
            facts.disk = disk
            facts.load = RunFacts.Load(resourceCount: disk.resourceCount, seconds: seconds)
        } else {
            say("using the data that is there")
            try postgres.query("VACUUM ANALYZE", "CHECKPOINT")
        }
    }

    /// Starts the server on the existing database again and again, the last time for the workloads.
    private mutating func measureStart() throws {
        for _ in 0..<(options.measuresStart ? 5 : 1) {
            server.stop()
            facts.startSeconds.append(try server.start())
        }
        MonotonicTime.sleep(seconds: 2)
        facts.idleMegabytes = ProcessMemory.resident(server.process)
    }

    private mutating func measureWorkloads(_ postgres: Postgres) throws {
        let runner = WorkloadRunner(server: server, postgres: postgres, options: options, folder: folder)
        let workloads = HTTPWorkloads(postgres: postgres)
        for name in options.workloads {
            do {
                if options.showsScripts {
                    guard let workload = try workloads.make(name) else { continue }
                    for script in try runner.twin(of: workload) {
                        print("-- \(name) × \(script.weight)\n\(script.text)")
                    }
                    continue
                }
                say("measuring \(name)")
                measurements.append(try measure(name, workloads, runner))
                say(summary(measurements[measurements.count - 1]))
            } catch let error as BenchError {
                // One workload that cannot be measured is no reason to lose the others.
                say("\(name): \(error)")
                var failed = Measurement(name: name, title: name, connectionCount: 0)
                failed.load.errors = 1
                failed.load.firstError = error.message
                measurements.append(failed)
            }
        }
    }

    private func measure(_ name: String, _ workloads: HTTPWorkloads, _ runner: WorkloadRunner) throws -> Measurement {
        switch name {
        case Options.iterationWorkload: try runner.runIterations()
        case Options.bundleWorkload: try runner.runBundles()
        case Options.bookingWorkload: try runner.runBookings(isContested: false)
        case Options.contestWorkload: try runner.runBookings(isContested: true)
        case Options.journeyWorkload: try runner.runJourneys()
        default:
            if let workload = try workloads.make(name) { try runner.run(workload) } else { try runner.runLabMessages() }
        }
    }

    private func summary(_ row: Measurement) -> String {
        let rate = row.serverRates.median.map { NumberText.short($0) } ?? "–"
        let ceiling = row.ceilingRates.median.map { NumberText.short($0) } ?? "–"
        let ratio = row.ratios.median.map { NumberText.fixed($0, 2) } ?? "–"
        let cost = NumberText.short(row.microseconds(row.times.server))
        return "  \(rate)/s against \(ceiling)/s: \(ratio); server CPU \(cost) µs; \(row.load.errors) errors"
    }

    private func say(_ text: String) { Progress.say(text) }
}
