import FHIRDefinitions
import FHIRFormats
import FHIRStore
import FHIRTerminology
import JSONTape

/// `$closure`: keeps a table of which of a client's concepts are kinds of which
/// (R4 conceptmap-operation-closure.html, terminology-service.html#closure).
///
/// A name alone begins a table, or begins it anew. Concepts are added to it; the answer has the entries that came with
/// them. A version asks for all entries since that one, for a client that has missed some.
struct ClosureMaintenance: ResourceOperation {
    let declaration = OperationDeclaration(
        "closure", levels: [.system], types: [], affectsState: true,
        definition: "http://hl7.org/fhir/OperationDefinition/ConceptMap-closure",
        documentation: "Entries of a closure table: begun by its name alone, extended by concepts, asked for again by "
            + "version. A table, code system or code that is not known is 404.",
        parameters: [
            .init(.input, "name", 1, 1, "string", "Name of the table."),
            .init(.input, "concept", 0, nil, "Coding", "Concepts to add."),
            .init(.input, "version", 0, 1, "string", "Version of an earlier answer; 0 for all entries."),
            .init(.output, "return", 1, 1, "ConceptMap", "New entries; its version is that of the table."),
        ],
        reading: .declared)

    func run(_ call: OperationCall) async throws -> OperationAnswer {
        guard let name = call.input.string("name") else {
            throw OperationInputError(.invalidParameter, "the parameter name is missing")
        }
        let concepts = try call.input.all("concept").map { try call.coding($0, "concept") }
        let version = try version(call)
        let service = call.search.terminology
        let update =
            concepts.isEmpty && version == nil
            ? try await service.beginClosure(name)
            : try await service.extendClosure(name, by: concepts, since: version)
        return OperationAnswer(resource: json(update, name, call))
    }

    private func version(_ call: OperationCall) throws -> Int? {
        guard let text = call.input.string("version") else { return nil }
        guard let version = Int32(text), version >= 0 else {
            throw call.input.error("the version is that of an earlier answer", at: "version")
        }
        return Int(version)
    }

    private func json(_ update: ClosureUpdate, _ name: String, _ call: OperationCall) -> [UInt8] {
        var writer = JSONWriter(reservingByteCount: 256 + update.entries.count * 80)
        writer.beginObject()
        writer.member("resourceType", "ConceptMap")
        writer.member("version", String(update.version))
        writer.member("name", name)
        writer.member("status", "active")
        writer.member("date", call.store.clock().truncatedToMilliseconds.text)
        if !update.entries.isEmpty {
            writer.key("group")
            writer.beginArray()
            var bySystem: [String: [ClosureEntry]] = [:]
            for entry in update.entries { bySystem[entry.system, default: []].append(entry) }
            for system in bySystem.keys.sorted() { write(bySystem[system] ?? [], of: system, to: &writer) }
            writer.endArray()
        }
        writer.endObject()
        return writer.bytes
    }

    private func write(_ entries: [ClosureEntry], of system: String, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("source", system)
        writer.member("target", system)
        writer.key("element")
        writer.beginArray()
        var ancestors: [String: [String]] = [:]
        var codes: [String] = []
        for entry in entries {
            if ancestors[entry.code] == nil { codes.append(entry.code) }
            ancestors[entry.code, default: []].append(entry.ancestor)
        }
        for code in codes {
            writer.beginObject()
            writer.member("code", code)
            writer.key("target")
            writer.beginArray()
            for ancestor in ancestors[code] ?? [] {
                writer.beginObject()
                writer.member("code", ancestor)
                // R4 concept-map-equivalence: the target subsumes the source.
                writer.member("equivalence", "subsumes")
                writer.endObject()
            }
            writer.endArray()
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
    }
}
