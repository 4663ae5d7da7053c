import ArgumentParser
import FHIRFormats
import FHIRStore
import Foundation
import HL7Ingest
import JSONTape

/// `martlet hl7 destination`: what is agreed with each receiver of HL7 v2 messages.
struct HL7DestinationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "destination", abstract: "Receivers of HL7 v2 messages.",
        subcommands: [List.self, Show.self, Set.self, Pause.self, Resume.self, Remove.self])

    private static func line(_ entry: DestinationCatalog.Entry) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("name", entry.stored.name)
        writer.key("paused")
        writer.bool(entry.isPaused)
        writer.key("version")
        writer.number(entry.stored.version)
        writer.member("updated", entry.stored.updated.text)
        writer.key("settings")
        writer.raw(entry.stored.json)
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List the destinations, one line of JSON each.")

        @OptionGroup var databaseOptions: DatabaseOptions

        func run() async throws {
            try await HL7Database.with(databaseOptions) { open, _ in
                for entry in try await DestinationCatalog(store: open.store).all() { Console.data(line(entry)) }
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Print the settings of a destination as they can be set again.")

        @OptionGroup var databaseOptions: DatabaseOptions

        @Argument(help: "Name of the destination.")
        var name: String

        func run() async throws {
            try await HL7Database.with(databaseOptions) { open, _ in
                guard let entry = try await DestinationCatalog(store: open.store).entry(name) else {
                    throw ValidationError("there is no destination \(name)")
                }
                Console.data(String(decoding: entry.stored.json, as: UTF8.self))
            }
        }
    }

    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set", abstract: "Set the settings of a destination: what changes from now on goes there.")

        @OptionGroup var databaseOptions: DatabaseOptions

        @Argument(help: "Name of the destination.")
        var name: String

        @Option(help: "A file with all settings as JSON.")
        var file: String

        func run() async throws {
            let document = try Document.parse(Array(try Data(contentsOf: URL(filePath: file))))
            try await HL7Database.with(databaseOptions) { open, _ in
                do {
                    Console.data(line(try await DestinationCatalog(store: open.store).set(name, JSONNode(document))))
                } catch let error as SourceSettingsError {
                    for fault in error.faults { Console.say("\(fault.path): \(fault.message)") }
                    throw ExitCode(1)
                }
            }
        }
    }

    struct Pause: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "pause", abstract: "Let the messages of a destination wait.")

        @OptionGroup var databaseOptions: DatabaseOptions

        @Argument(help: "Name of the destination.")
        var name: String

        func run() async throws {
            try await HL7Database.with(databaseOptions) { open, _ in
                Console.data(line(try await DestinationCatalog(store: open.store).pause(name, true)))
            }
        }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "resume", abstract: "Let the messages of a destination go again.")

        @OptionGroup var databaseOptions: DatabaseOptions

        @Argument(help: "Name of the destination.")
        var name: String

        func run() async throws {
            try await HL7Database.with(databaseOptions) { open, _ in
                Console.data(line(try await DestinationCatalog(store: open.store).pause(name, false)))
            }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove", abstract: "Remove a destination; what waits for it is discarded.")

        @OptionGroup var databaseOptions: DatabaseOptions

        @Argument(help: "Name of the destination.")
        var name: String

        func run() async throws {
            try await HL7Database.with(databaseOptions) { open, _ in
                guard try await DestinationCatalog(store: open.store).remove(name) else {
                    throw ValidationError("there is no destination \(name)")
                }
            }
        }
    }
}
