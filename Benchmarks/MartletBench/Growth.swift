import Glibc

/// How latency grows with the number of resources: the same requests, one at a time, on a small and a large database.
struct Growth {
    let options: Options

    init(_ options: Options) { self.options = options }

    /// Greatest factor by which the median of an indexed search may grow.
    private static let goal = 1.3

    /// Errors seen at all sizes.
    func execute() throws -> Int {
        var columns: [[LatencyHistogram]] = []
        var errors = 0
        for scale in options.growth {
            let (histograms, errorCount) = try measure(scale)
            columns.append(histograms)
            errors += errorCount
        }
        let headings = options.growth.flatMap { ["p50 ms at \($0)", "p99"] }
        var table = Table(["one request at a time"] + headings + ["growth of p50", ""])
        for (row, name) in names.enumerated() {
            let medians = columns.map { $0[row].milliseconds(at: 0.5) ?? 0 }
            let cells = columns.flatMap { column in
                [0.5, 0.99].map { share in
                    column[row].milliseconds(at: share).map { NumberText.fixed($0, 3) } ?? ""
                }
            }
            let growth = medians[0] > 0 ? medians[medians.count - 1] / medians[0] : 0
            table.add([name] + cells + [NumberText.fixed(growth, 2), growth <= Self.goal ? "met" : "NOT MET"])
        }
        print(table.text)
        return errors
    }

    private var names: [String] { Self.names.filter(options.workloads.contains) }

    private static let names = [
        "read", "search-code", "search-category", "search-date", "search-name", "search-identifier",
    ]

    private func measure(_ scale: Int) throws -> ([LatencyHistogram], Int) {
        let folder = "/tmp/martlet-bench-\(getpid())-\(scale)"
        mkdir(folder, 0o755)
        let server = ServerUnderTest(binary: options.martlet, dataDirectory: folder)
        defer {
            server.stop()
            _ = try? Command.run(["rm", "-rf", folder])
        }
        try server.start()
        Progress.say("loading about \(scale) resources")
        _ = try server.load(patients: max(1, scale / Options.resourcesPerPatient))
        let postgres = try Postgres(dataDirectory: folder)
        try postgres.query("VACUUM ANALYZE", "CHECKPOINT")
        let workloads = HTTPWorkloads(postgres: postgres, namesOnPage: 1)
        var histograms: [LatencyHistogram] = []
        var errors = 0
        for name in names {
            guard let workload = try workloads.make(name) else { continue }
            let exchange = HTTPExchange(shapes: workload.shapes, expecting: workload.expectedStatus)
            var loop = try LoadLoop(port: server.port, connectionCount: 1, exchange: exchange)
            defer { loop.close() }
            _ = try loop.runClosed(seconds: 1)
            let result = try loop.runClosed(seconds: Double(options.seconds))
            errors += result.errors
            histograms.append(result.latency)
        }
        return (histograms, errors)
    }
}
