import Foundation

/// curl, a client that others wrote, which speaks HTTP/2.
package enum Curl {
    private static let path = "/usr/bin/curl"

    /// What came back.
    package struct Answer: Sendable {
        /// Of curl itself; 0 where there was an answer.
        package var exit: Int32
        package var status: Int
        /// `1.1` or `2`.
        package var version: String
        package var headers: String
        package var body: String
    }

    /// Whether it is here and speaks HTTP/2; says so if not.
    package static func isHere() throws -> Bool {
        guard FileManager.default.isExecutableFile(atPath: path), try run(["--version"]).output.contains("HTTP2") else {
            print("skipped: there is no \(path) with HTTP/2")
            return false
        }
        return true
    }

    /// Sends a request; `input` is what curl reads as its standard input.
    package static func get(_ url: String, _ options: [String], input: String? = nil) throws -> Answer {
        let folder = FileManager.default.temporaryDirectory.appending(path: "martlet-curl-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let files = ["--output", folder + "/body", "--dump-header", folder + "/head"]
        let format = ["--silent", "--max-time", "120", "--write-out", "%{http_code} %{http_version}"]
        let (exit, output) = try run(format + files + options + [url], input: input)
        let words = output.split(separator: " ")
        func text(_ name: String) -> String {
            FileManager.default.contents(atPath: folder + "/" + name).map { String(decoding: $0, as: UTF8.self) } ?? ""
        }
        return Answer(
            exit: exit, status: words.first.flatMap { Int($0) } ?? 0, version: words.last.map(String.init) ?? "",
            headers: text("head").lowercased(), body: text("body"))
    }

    private static func run(_ arguments: [String], input: String? = nil) throws -> (exit: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        let (output, standardInput) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = standardInput
        try process.run()
        if let input { try standardInput.fileHandleForWriting.write(contentsOf: Data(input.utf8)) }
        try standardInput.fileHandleForWriting.close()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }
}
