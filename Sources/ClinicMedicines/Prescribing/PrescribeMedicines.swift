package import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRStore
import JSONTape

/// `POST /MedicationRequest/$prescribe`: makes prescriptions active, after a check that is kept.
///
/// 1. The patient is locked, so that two prescribers see each other's medicines.
/// 2. All requests are checked together. What is found is stored as DetectedIssues.
/// 3. What blocks and is not overridden with a reason ends it: 422 interaction, which names the stored issues; they
///    stay, the prescriptions do not come about.
package struct PrescribeMedicines: ClinicOperation {
    package init() {}

    package var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "prescribe", typeName: "MedicationRequest", level: .type, affectsState: true,
            documentation: "Prescribes medicines for one patient, after checks.",
            roles: [.superadmin, .physician], events: ["rx.created", "rx.blocked"],
            parameters: [
                .init(.input, "request", 1, nil, "MedicationRequest", "What is prescribed, or a stored draft."),
                .init(
                    .input, "overrides", 0, nil, nil, "An issue in spite of which it is prescribed.",
                    parts: [
                        .init(.input, "issue", 1, 1, "Reference", "The DetectedIssue."),
                        .init(.input, "reason", 1, 1, "CodeableConcept", "Why; a string stands for its text."),
                    ]),
                .init(.output, "return", 1, 1, "Bundle", "The prescriptions, and what was found."),
            ])
    }

    package func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let overrides = try Self.overrides(work.parameters)
        let nodes = work.parameters.resources("request")
        guard let patient = LocalReference(nodes.first?["subject"]), patient.typeName == "Patient" else {
            throw StoreError(
                .businessRule, "a prescription names its patient",
                expression: "Parameters.parameter.where(name = 'request')[0].resource.subject",
                details: "unknown-reference")
        }
        let medicines = nodes.compactMap { LocalReference($0["medicationReference"]) }
        try await work.readAhead(locking: [patient], medicines.filter { $0.typeName == "Medication" })
        _ = try await work.lock(patient)
        var drafts: [PrescriptionDraft] = []
        for (position, node) in nodes.enumerated() {
            let draft = try await PrescriptionDraft(node, position, in: work)
            guard draft.patient == patient else {
                throw OperationParameters.invalid("all requests are for one patient")
            }
            drafts.append(draft)
        }
        let check = try await InteractionCheck(drafts.map(\.candidate), for: patient, in: work)
        var changes = ChangeSet(work)
        var ledger = IssueLedger(patient, in: work)
        let found = Set(check.issues.map { LocalReference("DetectedIssue", $0.id(for: patient)) })
        if let other = overrides.keys.sorted().first(where: { !found.contains($0) }) {
            throw StoreError(
                .businessRule, "\(other.text) was not found by the check", expression: "Parameters.parameter",
                details: "unknown-reference")
        }
        try await ledger.keep(check, overrides: overrides, mayBeKnown: false, &changes)
        guard ledger.blocking.isEmpty else { return try await Self.refuse(ledger, patient, &changes) }

        for (position, draft) in drafts.enumerated() {
            let json = draft.json(
                issues: ledger.byPosition[position] ?? [], edition: check.edition, at: work.now)
            if let stored = draft.stored {
                changes.update(stored, json: json)
                changes.record("rx.created", stored.reference)
            } else {
                changes.record("rx.created", changes.create(json: json, type: "MedicationRequest"))
            }
        }
        let saved = try await changes.apply()
        let prescriptions = saved.filter { $0.reference.typeName == "MedicationRequest" }
        let issues = saved.filter { $0.reference.typeName == "DetectedIssue" }
        return ClinicAnswer(bundle: "collection", prescriptions + issues, base: work.call.base)
    }

    /// What was found stays: an answer of 422, not an error, which would take it back.
    static func refuse(
        _ ledger: IssueLedger, _ patient: LocalReference, _ changes: inout ChangeSet
    ) async throws -> ClinicAnswer {
        changes.record("rx.blocked", patient)
        try await changes.apply()
        return ClinicAnswer(422, resource: CheckReport(blocking: ledger.blocking).json)
    }

    private static func overrides(_ parameters: OperationParameters) throws -> [LocalReference: String] {
        var overrides: [LocalReference: String] = [:]
        for group in try parameters.groups("overrides") {
            guard let issue = try group.reference("issue", "DetectedIssue") else { continue }
            let reason = ReasonText(group.concept("reason") ?? []).text
            guard reason.contains(where: { !$0.isWhitespace }) else {
                throw OperationParameters.invalid("an override has a reason", at: group.place(of: "reason"))
            }
            overrides[issue] = reason
        }
        return overrides
    }
}
