import Access
import FHIRDefinitions
import FHIRFormats
import FHIRSearch
import FHIRStore
import JSONTape

/// `Patient/[id]/$access-report`: who saw or changed what is about a patient, when, and what for.
///
/// It is for the patient (and who stands for them), and for those who may read AuditEvents. What a record says of other
/// patients is left out, and so are addresses and the texts of searches, which may name others.
struct AccessReport: ResourceOperation {
    let declaration = OperationDeclaration(
        "access-report", levels: [.instance], types: ["Patient"], affectsState: false,
        documentation: """
            Who saw or changed what is about the patient, when and what for, the newest first. For the patient and who \
            stands for them, and for those who may read AuditEvents.
            """,
        parameters: [
            .init(.input, "from", 0, 1, "dateTime", "Not before this time."),
            .init(.input, "to", 0, 1, "dateTime", "Not after this time."),
            .init(.input, "count", 0, 1, "integer", "Records at most, 1 to 1000. Default 200."),
            .init(.output, "return", 1, 1, "Bundle", "A searchset of AuditEvents with what concerns the patient."),
        ], reading: .declared)

    private static let readers: Set<String> = ["superadmin", "facility-head", "medical-admin", "quality"]

    func run(_ call: OperationCall) async throws -> OperationAnswer {
        guard case .instance(let type, let id) = call.target else {
            throw RequestError(.unknownOperation, "the operation is called on a patient")
        }
        guard ResourceID.isValid(id) else { throw StoreError(.notFound, "Patient has no such id") }
        try Self.requireRights(call.caller.rights, to: id)
        // Of a patient who is not there for the caller nothing is told.
        _ = try await call.store.read(type, id: id)
        guard let audit = call.store.audit else { throw RequestError.noRecord }
        let count = call.input.integer("count") ?? 200
        guard (1...1000).contains(count) else { throw call.input.error("count is 1 to 1000", at: "count") }
        var dates: [String] = []
        if try call.input.time("from") != nil { dates.append("ge\(call.input.string("from") ?? "")") }
        if try call.input.time("to") != nil { dates.append("le\(call.input.string("to") ?? "")") }
        let page = try await audit.events(about: "Patient/\(id)", dates: dates, count: count)
        return OperationAnswer(resource: try Self.bundle(page, of: "Patient/\(id)", call))
    }

    private static func requireRights(_ rights: AccessRights?, to patient: String) throws {
        guard let rights, !rights.isUnlimited else { return }
        let isOwn = rights.principal.patients.contains(patient)
        guard isOwn || !readers.isDisjoint(with: rights.roles) else { throw RequestError.insufficient }
    }

    private static func bundle(_ page: SearchResultPage, of patient: String, _ call: OperationCall) throws -> [UInt8] {
        var writer = JSONWriter(reservingByteCount: 1024 + page.matches.count * 1024)
        writer.beginObject()
        writer.member("resourceType", "Bundle")
        writer.member("type", "searchset")
        if let total = page.total {
            writer.key("total")
            writer.number(total)
        }
        if !page.matches.isEmpty {
            writer.key("entry")
            writer.beginArray()
            for version in page.matches {
                let event = JSONNode(try Document.parse(version.content ?? []))
                writer.beginObject()
                writer.member("fullUrl", "\(call.base)/AuditEvent/\(version.stamp.id)")
                writer.key("resource")
                write(event, of: patient, to: &writer)
                writer.key("search")
                writer.beginObject()
                writer.member("mode", "match")
                writer.endObject()
                writer.endObject()
            }
            writer.endArray()
        }
        writer.endObject()
        return writer.bytes
    }

    private static func write(_ event: JSONNode, of patient: String, to writer: inout JSONWriter) {
        writer.beginObject()
        for (name, value) in event.members where kept.contains(name) {
            writer.key(named: name)
            writer.copy(value)
        }
        writer.key("agent")
        writer.beginArray()
        for agent in event["agent"]?.items ?? [] {
            writer.beginObject()
            for (name, value) in agent.members where name != "network" {
                writer.key(named: name)
                writer.copy(value)
            }
            writer.endObject()
        }
        writer.endArray()
        let entities = entities(event["entity"]?.items ?? [], of: patient)
        if !entities.isEmpty {
            writer.key("entity")
            writer.beginArray()
            for entity in entities { writer.copy(entity) }
            writer.endArray()
        }
        writer.endObject()
    }

    private static let kept: Set<String> = [
        "resourceType", "id", "type", "subtype", "action", "recorded", "outcome", "source",
    ]

    /// The patient; and the resource, unless the event is about others too.
    private static func entities(_ entities: [JSONNode], of patient: String) -> [JSONNode] {
        func isPatient(_ entity: JSONNode) -> Bool { entity["role"]?["code"]?.string == "1" }
        func isThis(_ entity: JSONNode) -> Bool {
            let reference = entity["what"]?["reference"]?.string ?? ""
            return reference == patient || reference.hasPrefix(patient + "/")
        }
        let isOnlyThis = entities.allSatisfy { !isPatient($0) || isThis($0) }
        return entities.filter { entity in
            isPatient(entity) ? isThis(entity) : isOnlyThis && entity["role"]?["code"]?.string == "4"
        }
    }
}
