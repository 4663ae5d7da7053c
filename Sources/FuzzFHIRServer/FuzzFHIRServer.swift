import Foundation

/// Sends requests made by chance to a server and tells what no server may answer: faults of its own, errors without an
/// OperationOutcome, the wrong format, silence.
///
///     FuzzFHIRServer --martlet PATH [--seconds N] [--requests N] [--seed S]    starts a server of its own
///     FuzzFHIRServer --port P [--only INDEX] …                                 takes one that runs
///
/// A request is the same for the same seed and index; what it finds stored depends on those before it. `--patience`
/// says after how many seconds an answer is late, `--connections` how many requests are under way at once.
@main
struct FuzzFHIRServer {
    static func main() throws {
        let seconds = option("--seconds").flatMap(Double.init)
        let requests = option("--requests").flatMap(Int.init) ?? (seconds == nil ? 1000 : .max)
        var server: ServerProcess?
        let port: Int
        if let running = option("--port").flatMap(Int.init) {
            port = running
        } else if let program = option("--martlet") {
            let started = try ServerProcess(program: program)
            port = started.port
            server = started
        } else {
            Report.line("one of --port and --martlet is needed")
            exit(64)
        }
        var run = FuzzRun(
            seed: option("--seed").flatMap(UInt64.init) ?? 1, end: Date(timeIntervalSinceNow: seconds ?? 1e9))
        run.port = port
        if let patience = option("--patience").flatMap(Double.init) { run.patience = patience }
        if let only = option("--only").flatMap(Int.init) {
            run.indexes = only..<only + 1
        } else {
            run.indexes = 0..<requests
        }
        var findingCount = Corpus(run: run).store()
        let memory = server?.memory
        findingCount += run.run(connectionCount: option("--connections").flatMap(Int.init) ?? 4) { memory?.fault() }
        if let server {
            for fault in server.faults {
                Report.line("log: \(fault)")
                findingCount += 1
            }
            Report.line("resident memory of the server: \(server.memory.summary)")
            let status = server.stop()
            if status != 0 {
                Report.line("the server ended with \(status)")
                findingCount += 1
            }
        }
        exit(findingCount == 0 ? 0 : 1)
    }

    private static func option(_ name: String) -> String? {
        let arguments = CommandLine.arguments
        guard let index = arguments.firstIndex(of: name), index + 1 < arguments.count else { return nil }
        return arguments[index + 1]
    }
}
