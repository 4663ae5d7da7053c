import FHIRDefinitions
import FHIRStore
import HL7Ingest

/// `$hl7-destination`: the receivers of HL7 v2 messages.
struct DestinationRead: ResourceOperation {
    let declaration = OperationDeclaration(
        "hl7-destination", levels: [.system], types: [], affectsState: false,
        documentation: "The settings of all receivers of HL7 v2 messages, or of one.",
        parameters: [
            .init(.input, "name", 0, 1, "string", "Name of the destination; all by default."),
            .init(.output, "destination", 0, nil, nil, Self.parts),
        ], reading: .declared)

    static let parts =
        "Parts: name, paused (boolean), version (integer), updated (instant), settings (JSON in a string)."

    func run(_ call: OperationCall) async throws -> OperationAnswer {
        let catalog = DestinationCatalog(store: call.store)
        guard let name = call.input.string("name") else {
            return OperationAnswer(resource: Self.answer(try await catalog.all()))
        }
        guard let entry = try await catalog.entry(name) else {
            throw StoreError(.notFound, "there is no destination of this name")
        }
        return OperationAnswer(resource: Self.answer([entry]))
    }

    static func answer(_ entries: [DestinationCatalog.Entry]) -> [UInt8] {
        guard !entries.isEmpty else { return MessageSearch.none }
        var writer = ParametersWriter()
        for entry in entries {
            writer.parts("destination") { part in
                part.string("name", entry.stored.name)
                part.bool("paused", entry.isPaused)
                part.number("version", Int64(entry.stored.version))
                part.instant("updated", entry.stored.updated)
                part.string("settings", String(decoding: entry.stored.json, as: UTF8.self))
            }
        }
        return writer.finish()
    }
}

/// `$hl7-destination-set`: sets, pauses or removes a receiver.
struct DestinationWrite: ResourceOperation {
    let declaration = OperationDeclaration(
        "hl7-destination-set", levels: [.system], types: [], affectsState: true,
        documentation:
            "Sets the settings of a receiver of HL7 v2 messages, lets its messages wait or go, or removes it.",
        parameters: [
            .init(.input, "name", 1, 1, "string", "Name of the destination."),
            .init(.input, "settings", 0, 1, "string", "All settings as JSON; what is not in it is at its default."),
            .init(.input, "paused", 0, 1, "boolean", "Whether its messages wait."),
            .init(.input, "remove", 0, 1, "boolean", "Remove it; what waits is discarded."),
            .init(.output, "destination", 0, 1, nil, DestinationRead.parts),
        ], reading: .declared)

    func run(_ call: OperationCall) async throws -> OperationAnswer {
        let catalog = DestinationCatalog(store: call.store)
        let name = call.input.string("name") ?? ""
        if call.input.bool("remove") == true {
            guard try await catalog.remove(name) else {
                throw StoreError(.notFound, "there is no destination of this name")
            }
            return OperationAnswer(resource: MessageSearch.none)
        }
        var entry = try await call.settings(details: "destination-settings") { try await catalog.set(name, $0) }
        if let isPaused = call.input.bool("paused") { entry = try await catalog.pause(name, isPaused) }
        guard let entry else {
            throw OperationInputError(.invalidParameter, "one of settings, paused and remove has to be there")
        }
        return OperationAnswer(resource: DestinationRead.answer([entry]))
    }
}
