import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRStore
import JSONTape
import PostgreSQL

/// `POST /Patient/[id]/$expunge`: erases a patient's record for good, with all its versions, where the law allows it.
///
/// What the law demands to be kept stays: the books of money, and who did what. Neither says more of the patient than
/// an id that leads nowhere.
struct ExpungePatient: ClinicOperation {
    static let retentionYears = ClinicSetting(
        "privacy.retention-years", "Years after its last change in which a patient's record must be kept.",
        standard: "10")
    private enum Basis: String, CaseIterable {
        case consentWithdrawn = "consent-withdrawn"
        case retentionEnded = "retention-ended"
        case courtOrder = "court-order"
        case registeredInError = "registered-in-error"
    }

    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "expunge", typeName: "Patient", level: .instance, affectsState: true,
            documentation: "Erases a patient's record with all versions, when it need not be kept any more.",
            roles: [.superadmin, .medicalAdmin], events: ["patient.expunged"],
            parameters: [
                .init(.input, "reason", 1, 1, "CodeableConcept", "Why; a string stands for its text."),
                .init(
                    .input, "legal-basis", 1, 1, "code",
                    "consent-withdrawn, retention-ended, court-order or registered-in-error."),
                .init(.input, "dryRun", 0, 1, "boolean", "Only tells what would be erased."),
                .init(.output, "count", 1, 1, "integer", "How many resources were, or would be, erased."),
                .init(
                    .output, "type", 0, nil, nil, "The same by type.",
                    parts: [
                        .init(.output, "name", 1, 1, "code", "The type."),
                        .init(.output, "count", 1, 1, "integer", "How many."),
                    ]),
                .init(.output, "kept", 1, 1, "integer", "How many others name the patient, and stay."),
                .init(.output, "proof", 0, 1, "string", "SHA-256 of what was erased, which the server keeps."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let patient = try work.instance
        let reason = try work.parameters.concept("reason").map { JSONNode(try Document.parse($0)) }
        let why = reason?["text"]?.string ?? reason?["coding"]?.items.first?["code"]?.string ?? ""
        guard let basis = try work.parameters.code("legal-basis", Basis.self), !why.isEmpty else {
            throw OperationParameters.invalid("a record is erased for a reason and on a legal basis")
        }
        let record = try await PatientRecord(of: patient.reference, work)
        try await requireNothingOpen(patient.reference, work)
        let years = try await Self.retentionYears.integer(in: work.transaction)
        let end = try await record.end(ofRetention: max(0, years), work)
        if let end, end > work.now {
            throw StoreError(
                .conflict, "the record must be kept until \(end.text.prefix(10))", expression: "Patient",
                details: "retention")
        }
        var answer = ParametersWriter()
        answer.add("count", integer: record.count)
        for (name, count) in record.counts {
            var parts = ParametersWriter()
            parts.add("name", code: name)
            parts.add("count", integer: count)
            answer.add("type", parts: parts)
        }
        answer.add("kept", integer: record.keptCount)
        guard !work.parameters.bool("dryRun") else { return ClinicAnswer(answer) }
        let proof = try await record.erase(basis: basis.rawValue, reason: why, work)
        answer.add("proof", string: proof)
        var changes = ChangeSet(work)
        changes.record("patient.expunged", patient.reference)
        try await changes.apply()
        return ClinicAnswer(answer)
    }

    private func requireNothingOpen(_ patient: LocalReference, _ work: ClinicWork) async throws {
        let visits = try await work.search(
            "Encounter",
            [("subject", patient.text), ("status", "planned,arrived,triaged,in-progress,onleave")], limit: 1)
        let bills = try await work.search("Invoice", [("subject", patient.text), ("status", "draft,issued")], limit: 1)
        guard visits.isEmpty, bills.isEmpty else {
            throw StoreError(
                .conflict, visits.isEmpty ? "a bill of the patient is open" : "a visit of the patient is open",
                expression: "Patient", details: "retention")
        }
    }
}
