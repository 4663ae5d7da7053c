import ArgumentParser
import HL7Mapping
import HL7Syntax
import JSONTape

/// `martlet hl7 map`: what would be stored of a message.
struct HL7MapCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "map", abstract: "Print the FHIR resources that HL7 v2 messages become, without storing them.",
        discussion: """
            One transaction Bundle a line, as for a database that knows neither the patients nor the orders. Warnings \
            go to stderr. The exit status is 1 if a message cannot be mapped.
            """)

    @Argument(help: "Files of one or more messages each, folders of such files, or - for stdin.")
    var files: [String]

    @Option(help: "Name of the source, which is part of the ids. Default lab, as for the server's MLLP port.")
    var source = "lab"

    func run() async throws {
        var isMapped = true
        let profile = SourceProfile(id: source)
        for (number, bytes) in try MessageFiles.messages(files).enumerated() {
            do {
                let mapped = try MessagePreview(RawMessage(parsing: bytes), profile: profile)
                for warning in mapped.warnings {
                    Console.say("message \(number + 1): \(warning.location?.description ?? "MSH"): \(warning.message)")
                }
                Console.data(Self.bundle(mapped))
            } catch let error as MappingError {
                isMapped = false
                Console.say("message \(number + 1): \(error)")
            } catch let error as HL7SyntaxError {
                isMapped = false
                Console.say("message \(number + 1): \(error)")
            }
        }
        if !isMapped { throw ExitCode(1) }
    }

    private static func bundle(_ mapped: MessagePreview) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("resourceType", "Bundle")
        writer.member("type", "transaction")
        writer.key("entry")
        writer.beginArray()
        for resource in mapped.resources {
            writer.beginObject()
            writer.key("resource")
            writer.raw(resource.json)
            writer.key("request")
            writer.beginObject()
            writer.member("method", "PUT")
            writer.member("url", "\(resource.type)/\(resource.id)")
            writer.endObject()
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
