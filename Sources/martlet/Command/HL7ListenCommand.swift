import ArgumentParser
import FoundationEssentials
import HL7Syntax
import Logging
import MLLPServer
import ServiceLifecycle
import Synchronization
import UnixSignals

/// `martlet hl7 listen`: the other end of a feed, for trying one out.
struct HL7ListenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "listen", abstract: "Receive HL7 v2 messages over MLLP, acknowledge and show them.",
        discussion: "Stores nothing in any database. Runs until interrupted.")

    @Option(help: "Address to bind. Default 127.0.0.1.")
    var host = "127.0.0.1"

    @Option(help: "Port to bind, 0 for any free one. Default 2575.")
    var port = 2575

    @Option(help: "What to answer: AA, AE or AR; in enhanced mode CA or CR. Default AA.")
    var ack = "AA"

    @Option(help: "Folder that gets every message as a file of its own; it is made where missing.")
    var out: String?

    func validate() throws {
        guard ["AA", "AE", "AR"].contains(ack) else { throw ValidationError("--ack must be AA, AE or AR") }
    }

    func run() async throws {
        if let out { try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true) }
        var configuration = MLLPServerConfiguration()
        (configuration.host, configuration.port, configuration.inFlightLimit) = (host, port, 1)
        let logger = Logger(label: "martlet") { _ in SwiftLogNoOpLogHandler() }
        let outcome: AcknowledgementCode.Outcome =
            switch ack {
            case "AE": .contentError
            case "AR": .rejected
            default: .accepted
            }
        let host = host
        let server = MLLPServer(
            configuration: configuration, receiver: ShowingReceiver(outcome: outcome, folder: out), logger: logger
        ) { port in
            Console.say("HL7 v2 over MLLP at \(host):\(port)")
        }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [ServiceGroupConfiguration.ServiceConfiguration(service: server)],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await group.run()
    }
}

/// Answers every message alike, after printing or storing it.
private final class ShowingReceiver: MessageReceiver {
    private let outcome: AcknowledgementCode.Outcome
    private let folder: String?
    private let clock = AcknowledgementClock()
    private let count = Atomic<Int>(0)

    init(outcome: AcknowledgementCode.Outcome, folder: String?) {
        self.outcome = outcome
        self.folder = folder
    }

    func receive(_ frame: [UInt8], from source: MessageSource) async -> AcknowledgementReply {
        let messages = (try? MessageBatch(splitting: frame).messages) ?? [frame]
        var answers: [[UInt8]] = []
        for message in messages {
            let number = count.add(1, ordering: .relaxed).newValue
            let header = MessageHeader(reading: message)
            guard keep(message, header, number) else { return .close }
            guard let header else { continue }
            let answer = Acknowledgement(to: header, header.controlID.isEmpty ? .rejected : outcome)
            if answer.isWanted { answers.append(answer.encode(controlID: clock.nextControlID(), time: clock.now())) }
        }
        if answers.isEmpty, messages.allSatisfy({ MessageHeader(reading: $0) == nil }) { return .unreadable }
        return answers.isEmpty ? .nothing : .sendSeveral(answers)
    }

    /// Returns `false` where the file could not be written; then the sender keeps its message.
    private func keep(_ message: [UInt8], _ header: MessageHeader?, _ number: Int) -> Bool {
        guard let folder else {
            let lines = String(decoding: message, as: UTF8.self).split(whereSeparator: \.isNewline)
            Console.data(lines.joined(separator: "\n") + "\n")
            return true
        }
        let digits = String(number)
        let rank = String(repeating: "0", count: max(0, 6 - digits.count)) + digits
        // The sender chooses its control ids: only what is safe in a file's name is taken of them.
        let id = String((header?.controlID ?? "").filter { $0.isLetter || $0.isNumber }.prefix(40))
        let path = "\(folder)/\(rank)\(id.isEmpty ? "" : "-")\(id).hl7"
        do {
            try Data(message).write(to: URL(filePath: path))
        } catch {
            Console.say("\(path) could not be written")
            return false
        }
        Console.data(path)
        return true
    }
}
