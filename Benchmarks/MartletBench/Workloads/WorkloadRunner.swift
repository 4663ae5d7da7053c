/// Measures one workload: windows of the server and of pgbench in turn.
struct WorkloadRunner {
    let server: ServerUnderTest
    let postgres: Postgres
    let options: Options
    /// For pgbench's scripts.
    let folder: String
    /// Seconds in front of each window of the server that do not count.
    private static let warmUpSeconds = 0.5

    // MARK: - HTTP

    func run(_ workload: Workload) throws -> Measurement {
        var measurement = Measurement(
            name: workload.name, title: workload.title, connectionCount: workload.connectionCount)
        measurement.goal = workload.goal
        measurement.shapeNames = workload.shapes.map(\.name)
        measurement.worstShapeGoal = workload.worstShapeGoal
        let scripts = try twin(of: workload)
        try settle()
        measurement.isPrepared = scripts.allSatisfy(\.isPrepared)
        let exchange = HTTPExchange(shapes: workload.shapes, expecting: workload.expectedStatus)
        var loop = try LoadLoop(port: server.port, connectionCount: workload.connectionCount, exchange: exchange)
        defer { loop.close() }
        for _ in 0..<options.pairs {
            try window(&loop, &measurement)
            try twinWindow(scripts, workload, &measurement)
        }
        if workload.measuresOpenLoop { try openLoop(&loop, &measurement) }
        return measurement
    }

    /// Latency at half of the peak.
    private func openLoop<E: Exchange>(_ loop: inout LoadLoop<E>, _ measurement: inout Measurement) throws {
        guard let peak = measurement.serverRates.median else { return }
        _ = try loop.runOpen(rate: peak / 2, seconds: Self.warmUpSeconds)
        let result = try loop.runOpen(rate: peak / 2, seconds: Double(options.seconds))
        measurement.openLoop = Measurement.OpenLoopResult(rate: peak / 2, result: result)
    }

    /// Finishes what earlier workloads left for PostgreSQL to do, or it would be charged to this one.
    private func settle() throws {
        try postgres.query("VACUUM ANALYZE", "CHECKPOINT")
    }

    /// The scripts that stand for the workload under pgbench, with their helper tables filled.
    func twin(of workload: Workload) throws -> [TwinScript] {
        let label = workload.name.replacing("-", with: "_")
        var scripts: [TwinScript] = []
        // Each shape by itself: requests of one shape cause like numbers of statements, those of two need not.
        for (index, shape) in workload.samples.enumerated() {
            let name = workload.samples.count == 1 ? label : "\(label)_s\(index)"
            scripts += TwinScript.scripts(for: try capture(shape, workload), workload: name, ids: workload.ids)
        }
        let setUp = folder + "/set-up.sql"
        try TextFile.write(scripts.map(\.setUp).joined(), to: setUp)
        try postgres.run(file: setUp)
        return scripts
    }

    /// What the server asks of PostgreSQL for each of a shape's requests.
    private func capture(_ shape: RequestShape, _ workload: Workload) throws -> [CapturedRequest] {
        // Statements are prepared on first use, which is not what is taken down.
        for sample in shape.requests.prefix(8) { _ = try HTTPCall.send(sample, port: server.port) }
        var freshIDs: [[String]] = []
        let statements = try StatementLog(postgres: postgres).capture {
            for sample in shape.requests {
                let response = try HTTPCall.send(sample, port: server.port)
                guard response.status == workload.expectedStatus else {
                    throw BenchError(
                        .server, "\(shape.name): status \(response.status): \(response.text.suffix(600))")
                }
                freshIDs.append(CreatedIDs.find(in: response.text))
            }
        }
        do {
            return try CapturedRequest.split(statements, freshIDs: freshIDs)
        } catch let error as BenchError {
            throw BenchError(error.code, "\(shape.name): \(error.message)")
        }
    }

    private func twinWindow(
        _ scripts: [TwinScript], _ workload: Workload, _ measurement: inout Measurement
    ) throws {
        let before = ProcessTimes.now(server: server.process, postmaster: postgres.postmaster)
        let result = try Pgbench(postgres: postgres, folder: folder).run(
            scripts, workload: workload.name.replacing("-", with: "_"), clients: workload.connectionCount,
            seconds: options.seconds)
        // The backends' time counts when the postmaster has buried them.
        MonotonicTime.sleep(seconds: 0.1)
        measurement.twinTimes += ProcessTimes.now(server: server.process, postmaster: postgres.postmaster) - before
        measurement.ceilingRates.append(result.rate)
        measurement.twinTransactions += result.transactions
        guard result.failures == 0 else { throw BenchError(.program, "pgbench: \(result.failures) failures") }
    }

    // MARK: - Without a twin

    /// The CRUD iterations of HealthSamurai's benchmark: too many different statements to set pgbench beside them.
    func runIterations() throws -> Measurement {
        var measurement = Measurement(name: Options.iterationWorkload, title: "CRUD of 9 types", connectionCount: 64)
        measurement.shapeNames = CRUDIterations.shapeNames
        measurement.rateGoal = 800 * Double(MachineFacts.read().coreCount)
        try settle()
        var loop = try LoadLoop(port: server.port, connectionCount: 64, exchange: CRUDIterations())
        defer { loop.close() }
        for _ in 0..<options.pairs { try window(&loop, &measurement) }
        return measurement
    }

    /// Whole patients as transactions from four uploaders; the rates count resources.
    func runBundles() throws -> Measurement {
        var measurement = Measurement(name: Options.bundleWorkload, title: "patient bundles", connectionCount: 4)
        measurement.unit = "resources"
        measurement.rateGoal = 900 * Double(MachineFacts.read().coreCount)
        let bundles = try PatientBundles(postgres: postgres).make(64)
        try settle()
        let requests = bundles.map { HTTPRequest("POST", "/fhir", body: $0.text) }
        let exchange = HTTPExchange(
            shapes: [RequestShape(name: Options.bundleWorkload, requests: requests)], expecting: 200)
        var loop = try LoadLoop(port: server.port, connectionCount: 4, exchange: exchange)
        defer { loop.close() }
        for _ in 0..<options.pairs { try window(&loop, &measurement) }
        let average = Double(bundles.reduce(0) { $0 + $1.resourceCount }) / Double(max(bundles.count, 1))
        measurement.serverRates = measurement.serverRates.map { $0 * average }
        return measurement
    }

    /// Bookings; pgbench has no workflow to set beside them.
    ///
    /// Throws where times were lost or won twice: of each that was contested one connection must have got it.
    func runBookings(isContested: Bool) throws -> Measurement {
        let connectionCount = 32
        var measurement = Measurement(
            name: isContested ? Options.contestWorkload : Options.bookingWorkload,
            title: isContested ? "$book, all want one time" : "$book without conflicts",
            connectionCount: connectionCount)
        measurement.shapeNames = BookingExchange.shapeNames
        if !isContested { measurement.rateGoal = 1500 }
        try settle()
        let exchange = BookingExchange(isContested: isContested, connectionCount: connectionCount)
        var loop = try LoadLoop(port: server.port, connectionCount: connectionCount, exchange: exchange)
        defer { loop.close() }
        for _ in 0..<options.pairs { try window(&loop, &measurement) }
        if isContested, loop.exchange.wonCount != loop.exchange.contestedCount {
            throw BenchError(
                .server, "of \(loop.exchange.contestedCount) times \(loop.exchange.wonCount) were won")
        }
        return measurement
    }

    /// Patients' journeys through the whole clinic; the rates count journeys.
    func runJourneys() throws -> Measurement {
        let connectionCount = 32
        var measurement = Measurement(
            name: Options.journeyWorkload, title: "registration to follow-up", connectionCount: connectionCount)
        measurement.unit = "journeys"
        measurement.shapeNames = JourneyExchange.steps
        measurement.rateGoal = 60
        let exchange = JourneyExchange(run: RunNumber.next(), connectionCount: connectionCount)
        for (path, body) in exchange.furniture() {
            let response = try HTTPCall.send(HTTPRequest("PUT", "/fhir/\(path)", body: body), port: server.port)
            guard response.status == 201 else { throw BenchError(.server, "\(path): \(response.text.suffix(600))") }
        }
        let delivery = try HTTPCall.send(exchange.delivery(), port: server.port)
        guard delivery.status == 200 else { throw BenchError(.server, "$receive: \(delivery.text.suffix(600))") }
        try settle()
        var loop = try LoadLoop(port: server.port, connectionCount: connectionCount, exchange: exchange)
        defer { loop.close() }
        for _ in 0..<options.pairs { try window(&loop, &measurement) }
        measurement.serverRates = measurement.serverRates.map { $0 / Double(JourneyExchange.steps.count) }
        return measurement
    }

    // MARK: - HL7 v2

    /// Lab messages over MLLP; pgbench has nothing to set beside them.
    func runLabMessages() throws -> Measurement {
        var measurement = Measurement(name: Options.labWorkload, title: "ORU^R01, 8 OBX", connectionCount: 8)
        measurement.rateGoal = 300 * Double(MachineFacts.read().coreCount)
        measurement.openLoopGoal = 25
        try settle()
        let exchange = MLLPExchange(messages: LabMessages(run: RunNumber.next()))
        var loop = try LoadLoop(port: server.mllpPort, connectionCount: 8, exchange: exchange)
        defer { loop.close() }
        for _ in 0..<options.pairs { try window(&loop, &measurement) }
        try openLoop(&loop, &measurement)
        return measurement
    }

    private func window<E: Exchange>(_ loop: inout LoadLoop<E>, _ measurement: inout Measurement) throws {
        let warmUp = try loop.runClosed(seconds: Self.warmUpSeconds)
        let before = ProcessTimes.now(server: server.process, postmaster: postgres.postmaster)
        let result = try loop.runClosed(seconds: Double(options.seconds))
        measurement.times += ProcessTimes.now(server: server.process, postmaster: postgres.postmaster) - before
        measurement.serverRates.append(result.rate)
        measurement.load.merge(result)
        measurement.load.errors += warmUp.errors
        measurement.load.firstError = measurement.load.firstError ?? warmUp.firstError
        measurement.residentMegabytes = ProcessMemory.residentPeak(server.process)
    }
}

/// Numbers that rise from run to run, so that what runs make never collides: seconds since 2026.
enum RunNumber {
    static func next() -> Int { CivilTime.now - 1_767_225_600 }
}

/// Ids that an answer says were made: `Location: …/Patient/ID/_history/1` and the same in a bundle's entries.
enum CreatedIDs {
    static func find(in response: String) -> [String] {
        var ids: [String] = []
        var rest = Substring(response)
        while let marker = rest.firstRange(of: "/_history/1") {
            let id = rest[..<marker.lowerBound].split(separator: "/").last.map(String.init) ?? ""
            if !ids.contains(id) { ids.append(id) }
            rest = rest[marker.upperBound...]
        }
        return ids
    }
}
