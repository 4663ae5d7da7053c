import Access
import FHIRDefinitions
import FHIRFormats
import FHIRStore
import JSONTape

/// `Patient/[id]/$break-glass`: opens a record that is closed to a physician or nurse, with a reason and for a time.
///
/// The opening is on record before it takes effect, in the same transaction: as everything else where a record is kept
/// (decision 0046), else as an AuditEvent by itself.
struct BreakGlass: ResourceOperation {
    let declaration = OperationDeclaration(
        "break-glass", levels: [.instance], types: ["Patient"], affectsState: true,
        documentation: """
            Opens the patient's record to the calling physician or nurse in an emergency. Every opening is audited and \
            shown to the patient.
            """,
        parameters: [
            .init(.input, "reason", 1, 1, "string", "Why the record has to be opened; 1 to 1000 characters."),
            .init(.input, "minutes", 0, 1, "integer", "For how long, 1 to 480. Default 60."),
            .init(.output, "until", 1, 1, "instant", "When the record closes again."),
        ], reading: .declared)

    private static let roles: Set<String> = ["nurse", "physician"]

    func run(_ call: OperationCall) async throws -> OperationAnswer {
        guard case .instance(let type, let id) = call.target else {
            throw RequestError(.unknownOperation, "the operation is called on a patient")
        }
        guard let rights = call.caller.rights, case .account(let person) = rights.principal.subject,
            !Self.roles.isDisjoint(with: rights.roles)
        else { throw RequestError.insufficient }
        let reason = call.input.string("reason") ?? ""
        guard !reason.allSatisfy(\.isWhitespace), reason.count <= 1000 else {
            throw call.input.error("a reason has 1 to 1000 characters", at: "reason")
        }
        let minutes = call.input.integer("minutes") ?? 60
        guard (1...480).contains(minutes) else {
            throw call.input.error("a record is opened for 1 to 480 minutes", at: "minutes")
        }
        // Of another tenant's patient nothing is told, and its record cannot be opened.
        let reached = call.workflows.store
        _ = try await reached.read(type, id: id)
        let now = reached.clock()
        let event = Self.event(of: id, by: call.caller.name ?? person, rights, reason: reason, at: now)
        let until = try await reached.transaction { transaction in
            if let audit = reached.audit {
                try await audit.record(Self.entry(of: id, reason: reason, audit), in: transaction)
            } else if let type = call.definitions.resourceType(named: "AuditEvent"), reached.tables.contains(type) {
                let document = try Document.parse(event, limits: .fhir)
                _ = try await transaction.create(ResourceInput(type: type, document: document))
            }
            return try await RightsBook.open(
                patient: id, to: person, reason: reason, minutes: minutes, in: transaction)
        }
        try await rights.book.refresh()
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("resourceType", "Parameters")
        writer.key("parameter")
        writer.beginArray()
        writer.beginObject()
        writer.member("name", "until")
        writer.member("valueInstant", Instant(microsecondsSince1970: until).truncatedToMilliseconds.text)
        writer.endObject()
        writer.endArray()
        writer.endObject()
        return OperationAnswer(resource: writer.bytes)
    }

    private static func entry(of patient: String, reason: String, _ audit: AuditTrail) -> AuditEntry {
        var facts = AuditTrace.current?.facts ?? AuditFacts("")
        facts.deed = AuditDeed.brokenGlass.rawValue
        // Of the record that is opened by this.
        facts.openedRecords.append(patient)
        var entry = AuditEntry(facts.encoded, at: audit.now, status: 200)
        (entry.typeName, entry.id) = ("Patient", patient)
        entry.detail = reason
        return entry
    }

    /// DICOM's codes for the emergency override (R4 valueset-audit-event-sub-type, DCM 110113 and 110127).
    private static func event(
        of patient: String, by name: String, _ rights: AccessRights, reason: String, at now: Instant
    ) -> [UInt8] {
        func coding(_ key: StaticString, _ code: String, _ display: String, _ writer: inout JSONWriter) {
            writer.key(key)
            writer.beginObject()
            writer.member("system", "http://dicom.nema.org/resources/ontology/DCM")
            writer.member("code", code)
            writer.member("display", display)
            writer.endObject()
        }
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("resourceType", "AuditEvent")
        coding("type", "110113", "Security Alert", &writer)
        writer.key("subtype")
        writer.beginArray()
        writer.beginObject()
        writer.member("system", "http://dicom.nema.org/resources/ontology/DCM")
        writer.member("code", "110127")
        writer.member("display", "Emergency Override Started")
        writer.endObject()
        writer.endArray()
        writer.member("action", "E")
        writer.member("recorded", now.truncatedToMilliseconds.text)
        writer.member("outcome", "0")
        writer.member("outcomeDesc", reason)
        writer.key("agent")
        writer.beginArray()
        writer.beginObject()
        writer.key("who")
        writer.beginObject()
        writer.member("reference", name)
        writer.endObject()
        writer.key("requestor")
        writer.bool(true)
        writer.endObject()
        writer.endArray()
        writer.key("source")
        writer.beginObject()
        writer.key("observer")
        writer.beginObject()
        writer.member("display", "Martlet")
        writer.endObject()
        writer.endObject()
        writer.key("entity")
        writer.beginArray()
        writer.beginObject()
        writer.key("what")
        writer.beginObject()
        writer.member("reference", "Patient/\(patient)")
        writer.endObject()
        writer.endObject()
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }
}
