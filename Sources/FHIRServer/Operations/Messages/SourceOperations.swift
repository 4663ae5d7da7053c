import FHIRDefinitions
import FHIRStore
import HL7Ingest

/// `$hl7-source`: the settings of the senders of HL7 v2 messages.
struct SourceRead: ResourceOperation {
    let declaration = OperationDeclaration(
        "hl7-source", levels: [.system], types: [], affectsState: false,
        documentation: "The settings of all sources of HL7 v2 messages, or of one.",
        parameters: [
            .init(.input, "name", 0, 1, "string", "Name of the source; all by default."),
            .init(.output, "source", 0, nil, nil, Self.sourceDocumentation),
        ], reading: .declared)

    static let sourceDocumentation = "Parts: name, version (integer), updated (instant), settings (JSON in a string)."

    func run(_ call: OperationCall) async throws -> OperationAnswer {
        let catalog = SourceCatalog(store: call.store)
        var entries: [StoredSettings]
        if let name = call.input.string("name") {
            guard let entry = try await catalog.entry(name) else {
                throw StoreError(.notFound, "there are no settings of a source of this name")
            }
            entries = [entry]
        } else {
            entries = try await catalog.all()
        }
        return OperationAnswer(resource: Self.answer(entries))
    }

    static func answer(_ entries: [StoredSettings]) -> [UInt8] {
        guard !entries.isEmpty else { return MessageSearch.none }
        var writer = ParametersWriter()
        for entry in entries {
            writer.parts("source") { part in
                part.string("name", entry.name)
                part.number("version", Int64(entry.version))
                part.instant("updated", entry.updated)
                part.string("settings", String(decoding: entry.json, as: UTF8.self))
            }
        }
        return writer.finish()
    }
}

/// `$hl7-source-set`: sets or removes the settings of a source.
struct SourceWrite: ResourceOperation {
    let declaration = OperationDeclaration(
        "hl7-source-set", levels: [.system], types: [], affectsState: true,
        documentation: "Sets the settings of a source of HL7 v2 messages, which hold for messages that come in from "
            + "then on, or removes them.",
        parameters: [
            .init(.input, "name", 1, 1, "string", "Name of the source. It is part of the keys of what it sends."),
            .init(.input, "settings", 0, 1, "string", "All settings as JSON; what is not in it is at its default."),
            .init(.input, "remove", 0, 1, "boolean", "Remove them: the defaults hold again."),
            .init(.output, "source", 0, 1, nil, SourceRead.sourceDocumentation),
        ], reading: .declared)

    func run(_ call: OperationCall) async throws -> OperationAnswer {
        let catalog = SourceCatalog(store: call.store)
        let name = call.input.string("name") ?? ""
        if call.input.bool("remove") == true {
            guard try await catalog.remove(name) else {
                throw StoreError(.notFound, "there are no settings of a source of this name")
            }
            return OperationAnswer(resource: MessageSearch.none)
        }
        guard let entry = try await call.settings(details: "source-settings", { try await catalog.set(name, $0) })
        else {
            throw OperationInputError(.invalidParameter, "the parameter settings is missing")
        }
        return OperationAnswer(resource: SourceRead.answer([entry]))
    }
}

/// `$hl7-unmapped`: codes of the senders that no ConceptMap knows.
struct UnmappedCodes: ResourceOperation {
    let declaration = OperationDeclaration(
        "hl7-unmapped", levels: [.system], types: [], affectsState: false,
        documentation: "Codes and units of senders of HL7 v2 messages that no table gives a common meaning, the most "
            + "frequent first. A ConceptMap from their system adds one.",
        parameters: [
            .init(.input, "source", 0, 1, "string", "Only codes of this source."),
            .init(.input, "_count", 0, 1, "integer", "Codes at most; 100 by default, 1000 at most."),
            .init(
                .output, "code", 0, nil, nil,
                "Parts: source, field, coding, count (integer), firstSeen and lastSeen (instants)."),
        ], reading: .declared)

    func run(_ call: OperationCall) async throws -> OperationAnswer {
        let limit = try call.count("_count", usual: 100, greatest: 1000)
        let lines = try await UnmappedReport.lines(
            call.store, registry: call.messageIngest.sources, source: call.input.string("source"), limit: limit)
        guard !lines.isEmpty else { return OperationAnswer(resource: MessageSearch.none) }
        var writer = ParametersWriter()
        for line in lines {
            writer.parts("code") { part in
                part.text("source", line.source)
                part.text("field", line.field)
                part.coding("coding", system: line.system, code: line.code, display: line.display)
                part.number("count", line.count)
                part.instant("firstSeen", line.firstSeen)
                part.instant("lastSeen", line.lastSeen)
            }
        }
        return OperationAnswer(resource: writer.finish())
    }
}
