import Clinic
import FHIRFormats
import FHIRStore
import JSONTape

/// A prescription on its way to being active: one that is sent, or a stored draft.
struct PrescriptionDraft: Sendable {
    /// When it was checked, and by which rules; in the active prescription.
    static let checkExtension = "urn:martlet:interaction-check"

    /// What is prescribed, as it was sent.
    let node: JSONNode
    /// The stored draft that it replaces.
    let stored: StoredResource?
    let patient: LocalReference
    let candidate: InteractionCheck.Candidate

    /// Throws `StoreError`: 422 for what cannot be prescribed, with where it stands.
    init(_ node: JSONNode, _ position: Int, in work: ClinicWork) async throws {
        let place = "Parameters.parameter.where(name = 'request')[\(position)].resource"
        self.node = node
        var stored: StoredResource?
        if let id = node["id"]?.string, ResourceID.isValid(id) {
            stored = try await work.find(LocalReference("MedicationRequest", id))
        }
        if let found = stored {
            let locked = try await work.lock(found.reference)
            try work.require(locked, in: ["draft"], to: "active")
            stored = locked
        }
        self.stored = stored
        guard ["draft", "active", nil].contains(node["status"]?.string) else {
            throw StoreError(
                .businessRule, "what is prescribed is a draft, or is to be active", expression: place + ".status",
                details: "illegal-transition")
        }
        guard let patient = LocalReference(node["subject"]), patient.typeName == "Patient" else {
            throw StoreError(
                .businessRule, "a prescription names its patient", expression: place + ".subject",
                details: "unknown-reference")
        }
        self.patient = patient
        try await Self.requirePrescribable(node, place, in: work)
        let medicine = try await CheckedMedicine(
            medicationOf: node, position: position, source: stored?.reference, in: work)
        let dosages = node["dosageInstruction"]?.items ?? []
        candidate = InteractionCheck.Candidate(
            medicine: medicine, dose: DailyDose(dosages, strength: medicine.strength))
    }

    /// What the catalogue has no longer is not prescribed.
    private static func requirePrescribable(_ node: JSONNode, _ place: String, in work: ClinicWork) async throws {
        guard let reference = LocalReference(node["medicationReference"]), reference.typeName == "Medication" else {
            return
        }
        let medication = try await work.read(reference, element: place + ".medication")
        guard medication.status.isEmpty || medication.status == "active" else {
            throw StoreError(
                .businessRule, "\(reference.text) is not active in the catalogue, so that nobody can prescribe it",
                expression: place + ".medication", details: "not-allowed")
        }
    }

    /// The prescription as it becomes active.
    ///
    /// - Parameters:
    ///   - issues: what was found about it and kept.
    ///   - edition: of the rules that it was checked by.
    func json(issues: [LocalReference], edition: String, at time: Instant) -> [UInt8] {
        var edit = ResourceEdit(node)
        edit.remove("id")
        // A draft that was read before comes with the version that it had.
        var meta = ResourceEdit(node["meta"])
        meta.remove("versionId")
        meta.remove("lastUpdated")
        if meta.bytes.count > 2 { edit.set("meta", json: meta.bytes) } else { edit.remove("meta") }
        edit.set("status", "active")
        if node["intent"] == nil { edit.set("intent", "order") }
        if node["authoredOn"] == nil { edit.set("authoredOn", time.text) }
        let known = Set((node["detectedIssue"]?.items ?? []).compactMap { LocalReference($0) })
        for issue in issues where !known.contains(issue) { edit.append("detectedIssue", json: issue.json) }
        edit.append("extension", json: Self.checkMark(edition, at: time))
        return edit.bytes
    }

    /// Says that the check ran.
    private static func checkMark(_ edition: String, at time: Instant) -> [UInt8] {
        ResourceEdit.json { writer in
            writer.beginObject()
            writer.key("extension")
            writer.beginArray()
            writer.beginObject()
            writer.member("url", "time")
            writer.member("valueDateTime", time.text)
            writer.endObject()
            writer.beginObject()
            writer.member("url", "rules")
            writer.member("valueString", edition)
            writer.endObject()
            writer.endArray()
            writer.member("url", checkExtension)
            writer.endObject()
        }
    }
}
