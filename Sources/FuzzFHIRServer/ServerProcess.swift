import Foundation

/// A server of one's own, on free ports and an empty data directory, both gone at the end.
final class ServerProcess {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let port: Int
    let memory: ServerMemory
    private let process: Process
    private let folder: URL

    /// - Parameter program: path of `martlet`.
    init(program: String) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "martlet-fuzz-\(getpid())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let log = folder.appending(path: "log")
        try Data().write(to: log)
        let output = try FileHandle(forWritingTo: log)
        process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = [
            "serve", "--auth", "none", "--port", "0", "--mllp-port", "0", "--data-dir",
            folder.appending(path: "data").path,
        ]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
        port = try Self.port(process, log)
        memory = ServerMemory(processID: process.processIdentifier)
    }

    private static func port(_ process: Process, _ log: URL) throws -> Int {
        let end = Date(timeIntervalSinceNow: 120)
        while Date() < end, process.isRunning {
            let text = try String(contentsOf: log, encoding: .utf8)
            if let range = text.range(of: "FHIR at http://127.0.0.1:"),
                let slash = text[range.upperBound...].firstIndex(of: "/"),
                let port = Int(text[range.upperBound..<slash])
            {
                return port
            }
            // The server's log is a file, which tells nobody when a line is added.
            Thread.sleep(forTimeInterval: 0.05)
        }
        throw Failure(description: "the server did not start: \(try String(contentsOf: log, encoding: .utf8))")
    }

    /// Lines of the server's log that tell of faults.
    var faults: [String] {
        let text = (try? String(contentsOf: folder.appending(path: "log"), encoding: .utf8)) ?? ""
        return text.split(separator: "\n").filter { $0.contains("request failed") || $0.contains("Fatal error") }
            .map(String.init)
    }

    /// Asks it to end, and waits; its exit status.
    func stop() -> Int32 {
        process.terminate()
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
        return process.terminationStatus
    }
}
