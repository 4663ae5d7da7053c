import Foundation
import Testing

/// Clients that others wrote and that know nothing of Martlet, against the real program.
///
/// They are installed from PyPI into a folder beside the build, once; where that is not possible the tests say so and
/// do nothing.
@Suite struct PythonClientTests {
    @Test(arguments: ["fhirpy_checks", "fhirclient_checks", "resources_checks"])
    func worksUnmodified(script: String) async throws {
        guard let python = try await PythonClients.shared.interpreter() else {
            print("\(script): skipped, because pip cannot install the clients here")
            return
        }
        let folder = try MartletProcess.makeFolder()
        let server = try await MartletProcess.serve(folder)
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Clients/\(script).py").path
        let end = try await PythonClients.run(
            [python, file, "http://127.0.0.1:\(server.httpPort)/fhir"], log: folder + "/\(script).log")
        #expect(end.status == 0, "\(end.output)")
        #expect(end.output.split(separator: "\n").last?.hasPrefix("ok") == true, "\(end.output)")
        server.send(SIGTERM)
        #expect(try await server.ended() == 0)
    }
}

/// A virtual environment with the clients, at the versions that the tests were written against.
actor PythonClients {
    static let shared = PythonClients()
    private static let packages = [
        "fhirpy==2.3.1", "fhirclient==4.4.0", "fhir.resources==8.3.0", "hl7==0.4.5", "hl7apy==1.3.5",
        "authlib==1.9.6", "selenium==4.51.0",
    ]

    private var made: Task<String?, any Error>?

    /// The interpreter that knows the clients; nil where they cannot be had.
    func interpreter() async throws -> String? {
        if let made { return try await made.value }
        // Awaited by everyone who asks.
        let task = Task { try await Self.install() }
        made = task
        return try await task.value
    }

    private static func install() async throws -> String? {
        let folder = Bundle.main.bundleURL.deletingLastPathComponent().appending(path: "python-clients").path
        let python = folder + "/bin/python"
        let log = folder + ".log"
        let probe = ["-c", "import fhirpy, fhirclient, fhir.resources.R4B, hl7, hl7apy, authlib, selenium"]
        if FileManager.default.isExecutableFile(atPath: python), try await run([python] + probe, log: log).status == 0 {
            return python
        }
        for command in [
            ["/usr/bin/env", "python3", "-m", "venv", "--clear", folder],
            [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"] + packages,
        ] {
            guard try await run(command, log: log).status == 0 else { return nil }
        }
        return python
    }

    static func run(_ command: [String], log: String) async throws -> (status: Int32, output: String) {
        FileManager.default.createFile(atPath: log, contents: nil)
        let output = try #require(FileHandle(forWritingAtPath: log))
        let process = Process()
        process.executableURL = URL(filePath: command[0])
        process.arguments = Array(command.dropFirst())
        process.standardOutput = output
        process.standardError = output
        process.standardInput = FileHandle.nullDevice
        let status: Int32 = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        return (status, try String(contentsOfFile: log, encoding: .utf8))
    }
}
