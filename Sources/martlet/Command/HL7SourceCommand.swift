import ArgumentParser
import FHIRFormats
import FHIRStore
import Foundation
import HL7Ingest
import JSONTape

/// `martlet hl7 source`: what is agreed with each sender of HL7 v2 messages.
struct HL7SourceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "source", abstract: "Settings of the senders of HL7 v2 messages.",
        subcommands: [List.self, Show.self, Set.self, Remove.self])

    /// Name, version and settings of one.
    private static func line(_ entry: StoredSettings) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("name", entry.name)
        writer.key("version")
        writer.number(entry.version)
        writer.member("updated", entry.updated.text)
        writer.key("settings")
        writer.raw(entry.json)
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List the sources, one line of JSON each.")

        @OptionGroup var databaseOptions: DatabaseOptions

        func run() async throws {
            try await HL7Database.with(databaseOptions) { open, _ in
                for entry in try await SourceCatalog(store: open.store).all() { Console.data(line(entry)) }
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Print the settings of a source as they can be set again.")

        @OptionGroup var databaseOptions: DatabaseOptions

        @Argument(help: "Name of the source.")
        var name: String

        func run() async throws {
            try await HL7Database.with(databaseOptions) { open, _ in
                guard let entry = try await SourceCatalog(store: open.store).entry(name) else {
                    throw ValidationError("there are no settings of a source \(name)")
                }
                Console.data(String(decoding: entry.json, as: UTF8.self))
            }
        }
    }

    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set", abstract: "Set the settings of a source; servers notice within a second.")

        @OptionGroup var databaseOptions: DatabaseOptions

        @Argument(help: "Name of the source. It is part of the keys of what it sends: do not change it later.")
        var name: String

        @Option(help: "A file with all settings as JSON.")
        var file: String

        func run() async throws {
            let document = try Document.parse(Array(try Data(contentsOf: URL(filePath: file))))
            try await HL7Database.with(databaseOptions) { open, _ in
                do {
                    Console.data(line(try await SourceCatalog(store: open.store).set(name, JSONNode(document))))
                } catch let error as SourceSettingsError {
                    for fault in error.faults { Console.say("\(fault.path): \(fault.message)") }
                    throw ExitCode(1)
                }
            }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove", abstract: "Remove the settings of a source: the defaults hold again.")

        @OptionGroup var databaseOptions: DatabaseOptions

        @Argument(help: "Name of the source.")
        var name: String

        func run() async throws {
            try await HL7Database.with(databaseOptions) { open, _ in
                guard try await SourceCatalog(store: open.store).remove(name) else {
                    throw ValidationError("there are no settings of a source \(name)")
                }
            }
        }
    }
}
