import Clinic
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape

/// A prescription that a doctor or a patient asks for, and others of the clinic see to: a Task of code `rx-request`.
///
/// It is fulfilled by prescriptions that `MedicationRequest/$prescribe` or `$renew` made: until then there is a draft
/// at most, by which nothing is handed out. Whoever types it, it is by the doctor who asked; and the patient is told.
enum PrescriptionRequest {
    static let code = "rx-request"

    static func isOne(_ task: StoredResource) -> Bool {
        (task.node["code"]?["coding"]?.items ?? []).contains { $0["code"]?.string == code }
    }

    /// Throws `StoreError` (422) where the outputs are no prescriptions of this patient and by who asked.
    static func require(_ outputs: [LocalReference], fulfil task: StoredResource, _ work: ClinicWork) async throws {
        let known = (task.node["output"]?.items ?? []).compactMap { LocalReference($0["valueReference"]) }
        let prescriptions = Set(outputs + known).filter { $0.typeName == "MedicationRequest" }
        guard !prescriptions.isEmpty else {
            throw StoreError(
                .businessRule, "the prescription is to be linked before the request is fulfilled",
                expression: "Task.output", details: "outcome-missing")
        }
        let asker = Reference(stored: task.node["requester"])
        for reference in prescriptions.sorted() {
            let prescription = try await work.read(reference, element: work.parameters.place(of: "output"))
            guard prescription.reference("subject") == task.reference("for") else {
                throw refusal("the prescription is for another patient", "unknown-reference")
            }
            guard ["active", "completed"].contains(prescription.status) else {
                throw refusal("a draft fulfils no request: it is to be prescribed first", "illegal-transition")
            }
            let author = Reference(stored: prescription.node["requester"])
            guard isByDoctor(asker), let author, Acting.key(author) != Acting.key(asker) else { continue }
            throw refusal("the prescription is by another doctor than who asked for it", "not-allowed")
        }
    }

    /// Patients and proxies ask for what their doctor then prescribes.
    private static func isByDoctor(_ reference: Reference?) -> Bool {
        guard Acting.key(reference) != nil else { return false }
        let local = reference?.reference.flatMap { LocalReference($0) }
        return local?.typeName != "Patient" && local?.typeName != "RelatedPerson"
    }

    private static func refusal(_ message: String, _ details: String) -> StoreError {
        StoreError(.businessRule, message, expression: "Task.output", details: details)
    }

    /// Tells the patient that the prescription is ready: nothing of what it is about.
    static func tell(of task: StoredResource, _ changes: inout ChangeSet, _ work: ClinicWork) {
        changes.record("rx.ready", task.reference)
        guard let patient = task.reference("for"), patient.typeName == "Patient" else { return }
        var message = Communication()
        message.status = "completed"
        message.category = [
            CodeableConcept("http://terminology.hl7.org/CodeSystem/communication-category", "notification")
        ]
        message.subject = Reference(patient)
        message.about = [Reference(task.reference)]
        message.sent = FHIRDateTime(work.now.text)
        message.recipient = [Reference(patient)]
        message.reasonCode = [CodeableConcept(text: "rx.ready")]
        var payload = Communication.Payload()
        payload.content = .string("A prescription that was asked for is ready.")
        message.payload = [payload]
        changes.create(message)
    }
}
