import ArgumentParser
import FHIRStore
import HL7Ingest
import JSONTape

/// `martlet hl7 replay`: applies stored messages again, as with settings or tables that were mended.
struct HL7ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Apply stored HL7 v2 messages again, oldest first.",
        discussion: "Prints one line of JSON for each message: its state before and after. With --dry-run nothing is "
            + "changed. The exit status is 1 if one is not applied.")

    @OptionGroup var databaseOptions: DatabaseOptions
    @OptionGroup var options: MessageFilterOptions

    @Flag(help: "Tell what would come of it, and change nothing.")
    var dryRun = false

    @Option(help: "Messages at most. Default 1000.")
    var limit = 1000

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit must be positive") }
        guard try !options.filter().isEmpty else {
            throw ValidationError("say which messages: --id, --state or another filter")
        }
    }

    func run() async throws {
        let isComplete = try await HL7Database.with(databaseOptions) { open, ingest in
            var isComplete = true
            let found = try await ingest.messages.list(try options.filter(), limit: limit, oldestFirst: true)
            if found.isEmpty { Console.say("no message fits") }
            for message in found {
                let outcome = try await ingest.replay(message.id, dryRun: dryRun)
                if outcome.state != .applied, outcome.state != .superseded { isComplete = false }
                Console.data(Self.line(outcome))
            }
            try await ingest.sources.unmapped.flush(to: open.store)
            return isComplete
        }
        if !isComplete { throw ExitCode(1) }
    }

    private static func line(_ outcome: ReplayOutcome) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("id")
        writer.number(Int(outcome.message.id))
        writer.member("controlId", outcome.message.controlID)
        writer.member("before", outcome.message.state.rawValue)
        if let state = outcome.state { writer.member("state", state.rawValue) }
        if let reason = outcome.reason { writer.member("reason", reason) }
        if let obstacle = outcome.obstacle { writer.member("obstacle", obstacle) }
        writer.key("resources")
        writer.beginArray()
        for resource in outcome.resources { writer.string(resource) }
        writer.endArray()
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
