import FHIRFormats
import FoundationEssentials
import JSONTape

/// An entry as an AuditEvent (R4 auditevent.html), by the profiles of IHE BALP (https://profiles.ihe.net/ITI/BALP):
/// one for each interaction, with an entity for each patient whom it was about. (BALP has one event for each patient
/// instead; then what one search showed would have to be put together again.)
struct AuditEventWriter {
    private let row: AuditRow
    private let kind: AuditEventKind
    private let id: String
    private var writer = JSONWriter(reservingByteCount: 1536)

    init(_ row: AuditRow, id: String) {
        self.row = row
        self.id = id
        kind = AuditEventKind(row)
    }

    /// Compact JSON.
    var json: [UInt8] {
        var copy = self
        copy.write()
        return copy.writer.bytes
    }

    private mutating func write() {
        writer.beginObject()
        writer.member("resourceType", "AuditEvent")
        writer.member("id", id)
        writeMeta()
        writer.key("type")
        coding(kind.type)
        if !kind.subtypes.isEmpty {
            writer.key("subtype")
            writer.beginArray()
            for subtype in kind.subtypes { coding(subtype) }
            writer.endArray()
        }
        writer.member("action", kind.action)
        writer.member("recorded", row.happened.text)
        writer.member("outcome", Self.outcome(row.status))
        if let words = outcomeWords { writer.member("outcomeDesc", words) }
        writeAgents()
        writeSource()
        writeEntities()
        writer.endObject()
    }

    /// What was refused follows the pattern, but not the profile: that is of what succeeded.
    private mutating func writeMeta() {
        guard let profile = kind.profile, !row.isRefused else {
            guard let tenant = row.facts.tenant else { return }
            writer.key("meta")
            writer.beginObject()
            writeTag(tenant)
            writer.endObject()
            return
        }
        writer.key("meta")
        writer.beginObject()
        writer.key("profile")
        writer.beginArray()
        let name = "IHE.BasicAudit." + (row.patients.isEmpty ? "" : "Patient") + profile
        writer.string("https://profiles.ihe.net/ITI/BALP/StructureDefinition/" + name)
        writer.endArray()
        if let tenant = row.facts.tenant { writeTag(tenant) }
        writer.endObject()
    }

    private mutating func writeTag(_ tenant: String) {
        writer.key("tag")
        writer.beginArray()
        coding(AuditCoding(TenantTag.system, tenant))
        writer.endArray()
    }

    /// http://hl7.org/fhir/R4/valueset-audit-event-outcome.html
    private static func outcome(_ status: Int?) -> String {
        switch status ?? 200 {
        case ..<400: "0"
        case ..<500: "4"
        default: "8"
        }
    }

    private var outcomeWords: String? {
        if row.effect == .unchanged { return "the content was the stored one; no new version was made" }
        guard row.isRefused, let status = row.status else {
            // Which operation it was, the subtype says.
            return row.deed == "operation" && row.detail?.first == "$" ? nil : row.detail
        }
        return row.detail.map { "\(status) \($0)" } ?? "\(status)"
    }

    // MARK: - Agents

    private mutating func writeAgents() {
        let facts = row.facts
        writer.key("agent")
        writer.beginArray()
        // A name that is no reference is the name of a program, which the client's part tells.
        let user = facts.agent.flatMap { $0.contains("/") ? $0 : nil }
        if let user {
            writer.beginObject()
            agentType(
                AuditCoding(
                    "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "IRCP", "information recipient"))
            if !facts.roles.isEmpty { writeRoles(facts.roles) }
            writer.key("who")
            writer.beginObject()
            writer.member("reference", user)
            writer.endObject()
            requestor(true)
            writePurposes()
            writer.endObject()
        }
        let program = facts.client ?? (user == nil ? facts.agent : nil)
        writer.beginObject()
        agentType(kind.isPulled ? Self.destination : Self.source)
        if user == nil, !facts.roles.isEmpty { writeRoles(facts.roles) }
        writer.key("who")
        writer.beginObject()
        if let program {
            writer.key("identifier")
            writer.beginObject()
            writer.member("value", program)
            writer.endObject()
        } else {
            writer.member("display", "unknown")
        }
        writer.endObject()
        requestor(user == nil)
        if let address = facts.address {
            writer.key("network")
            writer.beginObject()
            writer.member("address", address)
            writer.member("type", "2")
            writer.endObject()
        }
        if user == nil { writePurposes() }
        writer.endObject()
        writer.beginObject()
        agentType(kind.isPulled ? Self.source : Self.destination)
        writer.key("who")
        writeServer()
        requestor(false)
        writer.endObject()
        writer.endArray()
    }

    private static let dicom = "http://dicom.nema.org/resources/ontology/DCM"
    private static let source = AuditCoding(dicom, "110153", "Source Role ID")
    private static let destination = AuditCoding(dicom, "110152", "Destination Role ID")

    private mutating func agentType(_ code: AuditCoding) {
        writer.key("type")
        writer.beginObject()
        writer.key("coding")
        writer.beginArray()
        coding(code)
        writer.endArray()
        writer.endObject()
    }

    private mutating func requestor(_ isRequestor: Bool) {
        writer.key("requestor")
        writer.bool(isRequestor)
    }

    private mutating func writeRoles(_ roles: [String]) {
        writer.key("role")
        writer.beginArray()
        for role in roles { concept(AuditCoding("urn:martlet:role", role)) }
        writer.endArray()
    }

    /// BTG where the record was opened in an emergency (http://terminology.hl7.org/CodeSystem/v3-ActReason).
    private mutating func writePurposes() {
        var purposes = row.facts.purposes
        if row.facts.openedRecords.contains(where: { row.patients.contains("Patient/\($0)") }) {
            purposes.append("BTG")
        }
        guard !purposes.isEmpty else { return }
        writer.key("purposeOfUse")
        writer.beginArray()
        for purpose in purposes {
            concept(AuditCoding("http://terminology.hl7.org/CodeSystem/v3-ActReason", purpose))
        }
        writer.endArray()
    }

    private mutating func writeServer() {
        writer.beginObject()
        writer.member("display", "Martlet")
        writer.endObject()
    }

    private mutating func writeSource() {
        writer.key("source")
        writer.beginObject()
        writer.key("observer")
        writeServer()
        writer.key("type")
        writer.beginArray()
        coding(AuditCoding("http://terminology.hl7.org/CodeSystem/security-source-type", "4", "Application Server"))
        writer.endArray()
        writer.endObject()
    }

    // MARK: - Entities

    private static let entityType = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
    private static let objectRole = "http://terminology.hl7.org/CodeSystem/object-role"

    private mutating func writeEntities() {
        let address = row.address
        let query = kind.keepsQuery ? row.facts.request : nil
        let others = row.patients.filter { $0 != address || row.version == nil }
        let isPatientOnly = address.map { row.version == nil && row.patients.contains($0) } ?? false
        guard address != nil || query != nil || !others.isEmpty || row.facts.requestID != nil else { return }
        writer.key("entity")
        writer.beginArray()
        if let address, !isPatientOnly { writeResource(address) }
        for patient in others {
            writer.beginObject()
            what(patient)
            writer.key("type")
            coding(AuditCoding(Self.entityType, "1", "Person"))
            writer.key("role")
            coding(AuditCoding(Self.objectRole, "1", "Patient"))
            writer.endObject()
        }
        if let query { writeQuery(query) }
        if let request = row.facts.requestID { writeRequest(request) }
        writer.endArray()
    }

    /// The resource, with the version that was read or made; of a change also the one before.
    private mutating func writeResource(_ address: String) {
        writer.beginObject()
        what(row.version.map { "\(address)/_history/\($0)" } ?? address)
        writer.key("type")
        let isPatient = row.typeName == "Patient"
        coding(
            isPatient
                ? AuditCoding(Self.entityType, "1", "Person") : AuditCoding(Self.entityType, "2", "System Object"))
        writer.key("role")
        coding(
            isPatient
                ? AuditCoding(Self.objectRole, "1", "Patient") : AuditCoding(Self.objectRole, "4", "Domain Resource"))
        if row.effect == .update || row.effect == .delete, let version = row.version, version > 1 {
            detail("before", "\(address)/_history/\(version - 1)")
        }
        writer.endObject()
    }

    private mutating func writeQuery(_ query: String) {
        writer.beginObject()
        writer.key("type")
        coding(AuditCoding(Self.entityType, "2", "System Object"))
        writer.key("role")
        coding(AuditCoding(Self.objectRole, "24", "Query"))
        writer.member("description", query)
        writer.member("query", Data(query.utf8).base64EncodedString())
        writer.endObject()
    }

    private mutating func writeRequest(_ id: String) {
        writer.beginObject()
        writer.key("what")
        writer.beginObject()
        writer.key("identifier")
        writer.beginObject()
        writer.member("value", id)
        writer.endObject()
        writer.endObject()
        writer.key("type")
        coding(AuditCoding("https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType", "XrequestId"))
        writer.endObject()
    }

    private mutating func what(_ reference: String) {
        writer.key("what")
        writer.beginObject()
        writer.member("reference", reference)
        writer.endObject()
    }

    private mutating func detail(_ name: String, _ value: String) {
        writer.key("detail")
        writer.beginArray()
        writer.beginObject()
        writer.member("type", name)
        writer.member("valueString", value)
        writer.endObject()
        writer.endArray()
    }

    // MARK: - Codes

    private mutating func concept(_ code: AuditCoding) {
        writer.beginObject()
        writer.key("coding")
        writer.beginArray()
        coding(code)
        writer.endArray()
        writer.endObject()
    }

    private mutating func coding(_ code: AuditCoding) {
        writer.beginObject()
        writer.member("system", code.system)
        writer.member("code", code.code)
        if let display = code.display { writer.member("display", display) }
        writer.endObject()
    }
}
