import Glibc

/// The server that is measured, as a process of its own with a data directory of its own.
final class ServerUnderTest {
    let binary: String
    let dataDirectory: String
    private(set) var port = 0
    private(set) var mllpPort = 0
    /// Whether the next start is with `--auth smart`.
    var isGuarded = false
    private var command: Command?

    init(binary: String, dataDirectory: String) {
        self.binary = binary
        self.dataDirectory = dataDirectory
    }

    var process: pid_t { command?.process ?? 0 }

    /// Where a failed start is explained.
    var logFile: String { dataDirectory + "/server.log" }

    /// Starts the server on free ports and waits until it is ready.
    ///
    /// - Returns: seconds from starting the process until `GET /health/ready` was answered with 200.
    @discardableResult
    func start(timeoutSeconds: Double = 60) throws -> Double {
        port = try Socket.freePort()
        repeat { mllpPort = try Socket.freePort() } while mllpPort == port
        let begin = MonotonicTime.now
        let command = try Command.start(
            [
                binary, "serve", "--host", "127.0.0.1", "--port", "\(port)", "--mllp-host", "127.0.0.1",
                "--mllp-port", "\(mllpPort)", "--data-dir", dataDirectory, "--auth",
                isGuarded ? "smart" : "none",
            ], output: dataDirectory + "/server.out", errors: logFile)
        self.command = command
        while true {
            if let response = try? HTTPCall.send(HTTPRequest("GET", "/health/ready"), port: port),
                response.status == 200
            {
                return Double(MonotonicTime.now - begin) / 1e9
            }
            if command.hasEnded() { throw BenchError(.server, "the server ended: \(logTail)") }
            if Double(MonotonicTime.now - begin) / 1e9 > timeoutSeconds {
                stop()
                throw BenchError(.server, "the server was not ready within \(timeoutSeconds) s: \(logTail)")
            }
            usleep(1000)
        }
    }

    /// Ends the server as an operator would and waits for it.
    func stop() {
        command?.stop()
        command = nil
    }

    /// Loads made-up patients through the server's own loader; seconds that it took.
    func load(patients: Int) throws -> Double {
        let begin = MonotonicTime.now
        let outcome = try Command.run([binary, "load", "--synthetic", "\(patients)", "--data-dir", dataDirectory])
        guard outcome.status == 0 else {
            throw BenchError(.server, "martlet load failed: \((outcome.errors + outcome.output).suffix(1000))")
        }
        return Double(MonotonicTime.now - begin) / 1e9
    }

    private var logTail: String { String((TextFile.read(logFile) ?? "").suffix(1000)) }
}
