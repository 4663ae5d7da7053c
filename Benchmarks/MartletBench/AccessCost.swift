import Glibc

/// What access control and the record of who did what cost: the same requests against the same data, with `--auth none`
/// and with `--auth smart` and its record, each window by a server of its own, in turn.
///
/// The server with a record works at its backlog in all of its windows, as it does under load that never ends.
struct AccessCost {
    let options: Options

    init(_ options: Options) { self.options = options }

    /// Least share of the throughput that has to be left.
    private static let goal = 0.8
    private static let client = "martlet-bench"

    private struct Row {
        var name: String
        var open: [Double] = []
        var guarded: [Double] = []
        var errors = 0
        var firstError: String?

        var ratios: [Double] { zip(open, guarded).map { $0 > 0 ? $1 / $0 : 0 } }
    }

    /// Errors seen in all windows.
    func execute() throws -> Int {
        let folder = options.dataDirectory ?? "/tmp/martlet-bench-\(getpid())-data"
        mkdir(folder, 0o755)
        let server = ServerUnderTest(binary: options.martlet, dataDirectory: folder)
        defer {
            server.stop()
            if options.dataDirectory == nil { _ = try? Command.run(["rm", "-rf", folder]) }
        }
        try server.start()
        let postgres = try Postgres(dataDirectory: folder)
        if try postgres.value("SELECT 1 FROM observation LIMIT 1") != "1" {
            Progress.say("loading about \(options.scale) resources")
            _ = try server.load(patients: options.patientCount)
        }
        try postgres.query("VACUUM ANALYZE", "CHECKPOINT")
        let workloads = try names.compactMap { try HTTPWorkloads(postgres: postgres).make($0) }
        let secret = try makeClient(folder)
        var rows = workloads.map { Row(name: $0.title) }
        for pair in 0..<options.pairs {
            Progress.say("pair \(pair + 1) of \(options.pairs)")
            for isGuarded in [false, true] {
                server.stop()
                server.isGuarded = isGuarded
                try server.start()
                MonotonicTime.sleep(seconds: 1)
                for (index, workload) in workloads.enumerated() {
                    // Made anew each time: it holds for five minutes.
                    let token = isGuarded ? try token(secret, server) : nil
                    let result = try window(workload, token, server)
                    if isGuarded {
                        rows[index].guarded.append(result.rate)
                    } else {
                        rows[index].open.append(result.rate)
                    }
                    rows[index].errors += result.errors
                    rows[index].firstError = rows[index].firstError ?? result.firstError
                }
            }
        }
        report(rows)
        try reportRecord(folder)
        return rows.reduce(0) { $0 + $1.errors }
    }

    private var names: [String] {
        let wanted = ["read", "search-code", "search-name", "create"]
        return options.workloads.count == Options.allNames.count ? wanted : options.workloads
    }

    private func window(_ workload: Workload, _ token: String?, _ server: ServerUnderTest) throws -> LoadResult {
        let shapes = workload.shapes.map { shape in
            RequestShape(
                name: shape.name,
                requests: token.map { token in shape.requests.map { $0.with(bearer: token) } } ?? shape.requests)
        }
        let exchange = HTTPExchange(shapes: shapes, expecting: workload.expectedStatus)
        var loop = try LoadLoop(port: server.port, connectionCount: workload.connectionCount, exchange: exchange)
        defer { loop.close() }
        _ = try loop.runClosed(seconds: 0.5)
        return try loop.runClosed(seconds: Double(options.seconds))
    }

    // MARK: - The client

    /// Registers a client that works by itself; its secret.
    private func makeClient(_ folder: String) throws -> String {
        let outcome = try Command.run([
            options.martlet, "client", "add", "--id", "\(Self.client)-\(getpid())", "--name", "Load",
            "--grant", "client_credentials", "--scope", "system/*.cruds", "--make-secret", "--data-dir", folder,
        ])
        guard outcome.status == 0, let secret = Self.member("client_secret", in: outcome.output) else {
            throw BenchError(.program, "martlet client add failed: \(outcome.errors.suffix(500))")
        }
        return secret
    }

    private func token(_ secret: String, _ server: ServerUnderTest) throws -> String {
        let form = [
            "grant_type=client_credentials", "client_id=\(Self.client)-\(getpid())",
            "client_secret=\(HTTPRequest.escape(secret))",
        ].joined(separator: "&")
        let request = HTTPRequest("POST", "/auth/token", body: form, type: "application/x-www-form-urlencoded")
        let response = try HTTPCall.send(request, port: server.port)
        guard response.status == 200, let token = Self.member("access_token", in: response.text) else {
            throw BenchError(.server, "no token: status \(response.status)")
        }
        return token
    }

    /// The text of a member of flat JSON.
    private static func member(_ name: String, in text: String) -> String? {
        guard let key = text.firstRange(of: "\"\(name)\"") else { return nil }
        let rest = text[key.upperBound...].drop { $0 == ":" || $0 == " " }
        guard rest.first == "\"" else { return nil }
        return String(rest.dropFirst().prefix { $0 != "\"" })
    }

    // MARK: - The report

    private func report(_ rows: [Row]) {
        var table = Table(["", "--auth none", "--auth smart", "ratio", "lowest", "highest", "errors", ""])
        for row in rows {
            let ratio = row.ratios.median ?? 0
            table.add([
                row.name, NumberText.short(row.open.median ?? 0) + "/s",
                NumberText.short(row.guarded.median ?? 0) + "/s",
                NumberText.fixed(ratio, 2), NumberText.fixed(row.ratios.min() ?? 0, 2),
                NumberText.fixed(row.ratios.max() ?? 0, 2), String(row.errors), ratio >= Self.goal ? "met" : "NOT MET",
            ])
        }
        print(table.text)
        for row in rows { if let error = row.firstError { print("\(row.name): \(error)") } }
    }

    /// How much was put on record, and how far it is chained.
    private func reportRecord(_ folder: String) throws {
        let postgres = try Postgres(dataDirectory: folder)
        let chained = try postgres.value("SELECT seq FROM audit_head")
        let waiting = try postgres.value("SELECT count(*) FROM audit_inbox")
        print("on record: \(chained) chained, \(waiting) waiting")
    }
}

extension HTTPRequest {
    /// The same with a bearer token.
    func with(bearer token: String) -> HTTPRequest {
        let head = bytes.prefix { $0 != UInt8(ascii: "\n") }
        let field = Array("\nAuthorization: Bearer \(token)\r".utf8)
        return HTTPRequest(bytes: Array(head) + field + bytes[head.endIndex...])
    }
}
