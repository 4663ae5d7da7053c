import ArgumentParser
import FHIRFormats
import FHIRStore
import HL7Ingest
import JSONTape

/// Which of the messages that go out a command is about.
struct DeliveryFilterOptions: ParsableArguments {
    @Option(help: "Number of a message; may be given more than once.")
    var id: [Int64] = []

    @Option(help: "Name of the destination.")
    var destination: String?

    @Option(help: "waiting, sent, dead or discarded; may be repeated.")
    var state: [String] = []

    @Option(help: "Type/id of what the message tells of.")
    var resource: String?

    @Option(help: "MSH-10.")
    var controlID: String?

    func filter() throws -> DeliveryQueue.Filter {
        var filter = DeliveryQueue.Filter()
        filter.numbers = id
        filter.destination = destination
        filter.states = try state.map { text in
            guard let state = DeliveryQueue.State(rawValue: text) else {
                throw ValidationError("--state: \(text) is no state of messages that go out")
            }
            return state
        }
        filter.resource = resource
        filter.controlID = controlID
        return filter
    }
}

/// `martlet hl7 outbound`: the messages that go out.
struct HL7OutboundCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "outbound", abstract: "HL7 v2 messages that go out.",
        subcommands: [List.self, Redrive.self, Discard.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List messages, newest first, one line of JSON each.")

        @OptionGroup var databaseOptions: DatabaseOptions
        @OptionGroup var options: DeliveryFilterOptions

        @Option(help: "Messages at most. Default 50.")
        var limit = 50

        @Flag(help: "With the bytes as they went out, and the answer.")
        var text = false

        func validate() throws {
            guard limit > 0 else { throw ValidationError("--limit must be positive") }
            _ = try options.filter()
        }

        func run() async throws {
            try await HL7Database.with(databaseOptions) { open, _ in
                let queue = DeliveryQueue(store: open.store)
                for message in try await queue.list(try options.filter(), limit: limit) {
                    Console.data(Self.line(message, withText: text))
                }
            }
        }

        private static func line(_ message: DeliveryQueue.Message, withText: Bool) -> String {
            var writer = JSONWriter()
            writer.beginObject()
            writer.key("id")
            writer.number(Int(message.id))
            writer.member("destination", message.destination)
            writer.member("kind", message.kind)
            writer.member("controlId", message.controlID)
            writer.member("resource", "\(message.resource)/_history/\(message.version)")
            writer.member("state", message.state.rawValue)
            writer.key("tries")
            writer.number(message.tries)
            writer.key("refusals")
            writer.number(message.refusals)
            writer.member("created", message.created.text)
            if message.state == .waiting { writer.member("due", message.due.text) }
            if let changed = message.changed { writer.member("changed", changed.text) }
            if let code = message.code { writer.member("acknowledgement", code) }
            if let reason = message.reason { writer.member("reason", reason) }
            if withText {
                writer.member("text", String(decoding: message.body, as: UTF8.self))
                if let answer = message.answer { writer.member("answer", String(decoding: answer, as: UTF8.self)) }
            }
            writer.endObject()
            return String(decoding: writer.bytes, as: UTF8.self)
        }
    }

    struct Redrive: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "redrive", abstract: "Let messages go again that were given up.",
            discussion: "All that are dead, unless a filter says which.")

        @OptionGroup var databaseOptions: DatabaseOptions
        @OptionGroup var options: DeliveryFilterOptions

        func validate() throws { _ = try options.filter() }

        func run() async throws {
            var filter = try options.filter()
            if filter.states.isEmpty, filter.numbers.isEmpty { filter.states = [.dead] }
            try await HL7Database.with(databaseOptions) { open, _ in
                Console.say("\(try await DeliveryQueue(store: open.store).redrive(filter)) messages go again")
            }
        }
    }

    struct Discard: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "discard", abstract: "Give up messages that wait, or that were given up already.")

        @OptionGroup var databaseOptions: DatabaseOptions
        @OptionGroup var options: DeliveryFilterOptions

        func validate() throws {
            guard try !options.filter().isEmpty else {
                throw ValidationError("say which messages: --id, --state or another filter")
            }
        }

        func run() async throws {
            let filter = try options.filter()
            try await HL7Database.with(databaseOptions) { open, _ in
                Console.say("\(try await DeliveryQueue(store: open.store).discard(filter)) messages are given up")
            }
        }
    }
}
