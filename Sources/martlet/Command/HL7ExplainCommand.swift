import ArgumentParser
import HL7Syntax
import JSONTape

/// `martlet hl7 explain`: what a message says, with the names of everything in it.
struct HL7ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Show HL7 v2 messages as trees with the names of segments and fields.",
        discussion: "The exit status is 1 if one of them is no message.")

    @Argument(help: "Files of one or more messages each, folders of such files, or - for stdin.")
    var files: [String]

    @Flag(help: "One line of JSON for each message.")
    var json = false

    func run() async throws {
        var isReadable = true
        for (number, bytes) in try MessageFiles.messages(files).enumerated() {
            do throws(HL7SyntaxError) {
                let explanation = MessageExplanation(try RawMessage(parsing: bytes))
                if json {
                    Console.data(Self.json(explanation))
                } else {
                    if number > 0 { Console.data("") }
                    Console.data(explanation.lines().joined(separator: "\n"))
                }
            } catch {
                isReadable = false
                Console.say("message \(number + 1): \(error)")
            }
        }
        if !isReadable { throw ExitCode(1) }
    }

    private static func json(_ explanation: MessageExplanation) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        if let structure = explanation.structure { writer.member("structure", structure) }
        writer.member("version", explanation.version.description)
        writer.key("items")
        write(explanation.items, to: &writer)
        writer.key("warnings")
        writer.beginArray()
        for warning in explanation.warnings { writer.string(warning) }
        writer.endArray()
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private static func write(_ items: [MessageExplanation.Item], to writer: inout JSONWriter) {
        writer.beginArray()
        for item in items {
            writer.beginObject()
            writer.member("kind", item.kind.rawValue)
            writer.member("place", item.place)
            if let name = item.name { writer.member("name", name) }
            if let type = item.dataType { writer.member("type", type) }
            if let value = item.value { writer.member("value", value) }
            if !item.items.isEmpty {
                writer.key("items")
                write(item.items, to: &writer)
            }
            writer.endObject()
        }
        writer.endArray()
    }
}
