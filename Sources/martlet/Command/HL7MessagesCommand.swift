import ArgumentParser
import FHIRFormats
import FHIRSearch
import FHIRServer
import FHIRStore
import HL7Ingest
import JSONTape
import Logging

/// Which messages of the log a command is about.
struct MessageFilterOptions: ParsableArguments {
    @Option(help: "Number of a message; may be given more than once.")
    var id: [Int64] = []

    @Option(help: "MSH-10.")
    var controlID: String?

    @Option(help: "received, applied, quarantined, rejected, failed, retry, superseded or discarded; may be repeated.")
    var state: [String] = []

    @Option(help: "Name of the source.")
    var source: String?

    @Option(help: "Message type, with or without its trigger event: ORU^R01, ADT.")
    var type: String?

    @Option(help: "A number of the patient, as in PID-3.")
    var patient: String?

    @Option(help: "A placer or filler number.")
    var order: String?

    @Option(help: "Received at this time or later, such as 2026-05-01 or 2026-05-01T08:00:00Z.")
    var since: String?

    @Option(help: "Received before this time.")
    var until: String?

    func filter() throws -> MessageQuery.Filter {
        var filter = MessageQuery.Filter()
        filter.numbers = id
        filter.controlID = controlID
        filter.states = try state.map { text in
            guard let state = MessageState(rawValue: text) else {
                throw ValidationError("--state: \(text) is no state of messages")
            }
            return state
        }
        filter.source = source
        filter.type = type
        filter.patient = patient
        filter.order = order
        filter.since = try time(since, "--since")
        filter.until = try time(until, "--until")
        return filter
    }

    private func time(_ text: String?, _ option: String) throws -> Instant? {
        guard let text else { return nil }
        guard let range = DateRange(text) else { throw ValidationError("\(option): \(text) is no time") }
        return Instant(microsecondsSince1970: range.low)
    }
}

/// `martlet hl7 messages`: one line of JSON for each message of the log.
struct HL7MessagesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "messages", abstract: "List HL7 v2 messages that came in, newest first, one line of JSON each.",
        discussion: "With --text the message and its acknowledgement are in the line as well.")

    @OptionGroup var databaseOptions: DatabaseOptions
    @OptionGroup var options: MessageFilterOptions

    @Option(help: "Messages at most. Default 50.")
    var limit = 50

    @Flag(help: "With what was received and what was answered.")
    var text = false

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit must be positive") }
        _ = try options.filter()
    }

    func run() async throws {
        try await HL7Database.with(databaseOptions) { _, ingest in
            let found = try await ingest.messages.list(try options.filter(), limit: limit, withBodies: text)
            for message in found { Console.data(MessageLine.json(message, withText: text)) }
        }
    }
}

/// What the commands on the message log have in common.
enum HL7Database {
    /// Opens the database with an ingest on it.
    static func with<Result>(
        _ options: DatabaseOptions, _ body: (OpenStore, MessageIngest) async throws -> Result
    ) async throws -> Result {
        let settings = try options.settings(try await options.reader())
        let logger = Logger(label: "martlet") { JSONLogHandler(label: $0, level: settings.logLevel) }
        return try await OpenStore.with(settings, logger: logger) { open in
            try await open.migrate()
            try await open.store.refreshSearchParameters()
            let ingest = MessageIngest(
                store: open.store, finder: ResourceFinder(store: open.store, service: open.search), logger: logger)
            return try await body(open, ingest)
        }
    }
}

/// A message as a line of JSON.
enum MessageLine {
    static func json(_ message: StoredMessage, withText: Bool) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("id")
        writer.number(Int(message.id))
        writer.member("received", message.received.text)
        writer.member("source", message.source)
        writer.member("controlId", message.controlID)
        writer.member("type", message.type)
        writer.member("state", message.state.rawValue)
        if !message.code.isEmpty { writer.member("acknowledgement", message.code) }
        if let reason = message.reason { writer.member("reason", reason) }
        if let note = message.note { writer.member("note", note) }
        if let due = message.due { writer.member("due", due.text) }
        writer.key("attempts")
        writer.number(message.attempts)
        writer.key("repeats")
        writer.number(message.repeats)
        writer.key("resources")
        writer.beginArray()
        for resource in message.resources { writer.string(resource) }
        writer.endArray()
        if withText {
            if let text = message.text { writer.member("text", text) }
            if let answer = message.acknowledgement {
                writer.member("answer", String(decoding: answer, as: UTF8.self))
            }
        }
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
