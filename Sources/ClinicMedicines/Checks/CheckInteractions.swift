package import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape

/// `POST /MedicationRequest/$check-interactions`: what speaks against medicines for a patient. Stores nothing.
package struct CheckInteractions: ClinicOperation {
    package init() {}

    package var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "check-interactions", typeName: "MedicationRequest", level: .type, affectsState: false,
            documentation: "Checks medicines against each other and against what is known of the patient: other "
                + "medicines, allergies, duplicates, doses, pregnancy, conditions. 503 where no rules are in force.",
            roles: [.superadmin, .physician, .pharmacy, .nurse],
            parameters: [
                .init(.input, "patient", 1, 1, "Reference", "The Patient."),
                .init(.input, "medication", 1, nil, nil, "Medicines (CodeableConcept, or Reference to a Medication)."),
                .init(
                    .input, "dose", 0, nil, nil,
                    "How each is taken, in the order of the medicines: a Dosage, or the Quantity of a day."),
                .init(.output, "outcome", 1, 1, "OperationOutcome", "What was found, and what could not be checked."),
                .init(.output, "issue", 0, nil, "DetectedIssue", "What was found."),
            ])
    }

    package func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        guard let patient = try work.parameters.reference("patient", "Patient") else {
            throw OperationParameters.invalid("the parameter patient is missing")
        }
        _ = try await work.read(patient, element: work.parameters.place(of: "patient"))
        let doses = work.parameters.nodes("dose")
        var candidates: [InteractionCheck.Candidate] = []
        for (position, node) in work.parameters.nodes("medication").enumerated() {
            let medicine = try await Self.medicine(node, position, in: work)
            let dose = position < doses.count ? DailyDose(doses[position], strength: medicine.strength) : nil
            candidates.append(InteractionCheck.Candidate(medicine: medicine, dose: dose))
        }
        let check = try await InteractionCheck(candidates, for: patient, in: work)
        var answer = ParametersWriter()
        answer.add("outcome", resource: CheckReport(check).json)
        for issue in check.issues {
            answer.add("issue", resource: issue.json(for: patient, at: work.now, reason: nil))
        }
        return ClinicAnswer(answer)
    }

    private static func medicine(_ node: JSONNode, _ position: Int, in work: ClinicWork) async throws -> CheckedMedicine
    {
        let place = work.parameters.place(of: "medication")
        if let reference = LocalReference(node) ?? node.string.flatMap({ LocalReference($0) }) {
            guard reference.typeName == "Medication", ResourceID.isValid(reference.id) else {
                throw OperationParameters.invalid("a medication is a code or a Medication", at: place)
            }
            _ = try await work.read(reference, element: place)
            let request = ResourceEdit.json { writer in
                writer.beginObject()
                writer.key("medicationReference")
                writer.raw(reference.json)
                writer.endObject()
            }
            return try await CheckedMedicine(
                medicationOf: JSONNode(try Document.parse(request)), position: position, source: reference, in: work)
        }
        let concept = MedicineConcept(node)
        guard !concept.keys.isEmpty else {
            throw OperationParameters.invalid("a medication is a code or a Medication", at: place)
        }
        return CheckedMedicine([concept], position: position, source: nil)
    }
}
