import FHIRDefinitions
import Foundation
import Synchronization

/// Sends requests made by chance to a server and tells what no server may answer: faults of its own, errors without an
/// OperationOutcome, silence.
///
///     FuzzFHIRServer --martlet PATH [--seconds N] [--requests N] [--seed S]    starts a server of its own
///     FuzzFHIRServer --port P [--only INDEX] …                                 takes one that runs
@main
struct FuzzFHIRServer {
    private static let greatestFindingCount = 40
    private static let connectionCount = 4

    static func main() throws {
        let seconds = option("--seconds").flatMap(Double.init)
        let requests = option("--requests").flatMap(Int.init) ?? (seconds == nil ? 1000 : .max)
        var run = FuzzRun(
            seed: option("--seed").flatMap(UInt64.init) ?? 1, end: Date(timeIntervalSinceNow: seconds ?? 1e9))
        var server: ServerProcess?
        if let port = option("--port").flatMap(Int.init) {
            run.port = port
        } else if let program = option("--martlet") {
            let started = try ServerProcess(program: program)
            run.port = started.port
            server = started
        } else {
            print("one of --port and --martlet is needed")
            exit(64)
        }
        if let only = option("--only").flatMap(Int.init) {
            run.indexes = only..<only + 1
        } else {
            run.indexes = 0..<requests
        }
        var findingCount = run.run(connectionCount: connectionCount, greatestFindingCount: greatestFindingCount)
        if let server {
            for fault in server.faults { print("log: \(fault)") }
            let status = server.stop()
            if status != 0 {
                print("the server ended with \(status)")
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
