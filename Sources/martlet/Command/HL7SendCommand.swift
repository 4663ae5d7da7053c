import ArgumentParser
import FoundationEssentials
import HL7Syntax
import MLLPServer

/// `martlet hl7 send`: sends the messages of files over MLLP and counts the answers.
struct HL7SendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send", abstract: "Send HL7 v2 messages over MLLP and wait for every answer.",
        discussion: "Prints how often each acknowledgement code came. The exit status is 1 if a message got none.")

    @Argument(help: "Files of one or more messages each, or folders of such files.")
    var files: [String]

    @Option(help: "Where to send: HOST:PORT. Default 127.0.0.1:2575.")
    var to = "127.0.0.1:2575"

    @Option(help: "Most messages per second. Default: as fast as answers come.")
    var rate: Double?

    @Option(help: "Messages under way at once, where the receiver allows it. Default 1.")
    var inFlight = 1

    func validate() throws {
        if let rate, !(rate > 0) { throw ValidationError("--rate must be positive") }
        guard inFlight > 0 else { throw ValidationError("--in-flight must be positive") }
        _ = try destination()
    }

    private func destination() throws -> MLLPClient.Configuration {
        guard let colon = to.lastIndex(of: ":"), let port = Int(to[to.index(after: colon)...]), 1...65535 ~= port else {
            throw ValidationError("--to must be HOST:PORT")
        }
        let host = to[..<colon].drop { $0 == "[" }.prefix { $0 != "]" }
        return MLLPClient.Configuration(host: String(host), port: port)
    }

    func run() async throws {
        var messages: [[UInt8]] = []
        for file in try InputFiles.expand(files, extensions: ["hl7", "txt", "er7", "msg"]) {
            let bytes = Array(try Data(contentsOf: URL(filePath: file)))
            // What cannot be split goes out as it stands: broken messages are worth sending too.
            messages += (try? MessageBatch(splitting: bytes).messages) ?? [bytes]
        }
        var configuration = try destination()
        configuration.inFlightLimit = inFlight
        let client = MLLPClient(configuration)
        let start = ContinuousClock.now
        let counts = await send(messages, client)
        await client.close()
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let perSecond = Int(Double(messages.count) / max(seconds, 0.001))
        Console.say("sent \(messages.count) messages in \(seconds.twoDigits) s: \(perSecond) per second")
        let codes = counts.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",")
        Console.data("{\"sent\":\(messages.count),\"answers\":{\(codes)},\"seconds\":\(seconds.twoDigits)}")
        // A refusal is an answer like any other, to be read in the line above.
        let answered = Self.acknowledgementCodes.reduce(0) { $0 + (counts[$1] ?? 0) }
        if answered != messages.count { throw ExitCode(1) }
    }

    /// HL7 table 0008.
    private static let acknowledgementCodes = ["AA", "AE", "AR", "CA", "CE", "CR"]

    /// Counts of MSA-1, and of `none` for messages without an answer.
    private func send(_ messages: [[UInt8]], _ client: MLLPClient) async -> [String: Int] {
        let start = ContinuousClock.now
        var counts: [String: Int] = [:]
        await withTaskGroup(of: String.self) { group in
            for (number, message) in messages.enumerated() {
                if number >= inFlight, let code = await group.next() { counts[code, default: 0] += 1 }
                if let rate {
                    try? await Task.sleep(until: start + .seconds(Double(number) / rate), clock: .continuous)
                }
                group.addTask {
                    guard let answer = try? await client.send(message) else { return "none" }
                    return Self.acknowledgementCode(of: answer) ?? "unreadable"
                }
            }
            for await code in group { counts[code, default: 0] += 1 }
        }
        return counts
    }

    /// MSA-1 of an answer.
    private static func acknowledgementCode(of answer: [UInt8]) -> String? {
        let segments = answer.split { $0 == 0x0D || $0 == 0x0A }
        guard let header = segments.first, header.count > 4,
            let segment = segments.first(where: { $0.starts(with: Array("MSA".utf8)) })
        else { return nil }
        let separator = header[header.startIndex + 3]
        let fields = segment.split(separator: separator, omittingEmptySubsequences: false)
        return fields.count > 1 ? String(decoding: fields[1], as: UTF8.self) : nil
    }
}
