package import Clinic
import FHIRDefinitions
import FHIRStore

/// `POST /MedicationRequest/[id]/$stop` and `$hold`: nothing more is handed over, for good or for now.
package struct EndPrescription: ClinicOperation {
    private let name: String
    private let from: Set<String>
    private let to: String
    private let event: String

    package static let stop = EndPrescription(
        name: "stop", from: ["active", "on-hold"], to: "stopped", event: "rx.stopped")
    package static let hold = EndPrescription(name: "hold", from: ["active"], to: "on-hold", event: "rx.held")

    package var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: name, typeName: "MedicationRequest", level: .instance, affectsState: true,
            documentation: name == "stop" ? "Stops a prescription for good." : "Holds a prescription for now.",
            roles: [.superadmin, .physician], transition: .init(from: from, to: to), events: [event],
            parameters: [
                .init(.input, "reason", 1, 1, "CodeableConcept", "Why; a string stands for its text."),
                .init(.output, "return", 1, 1, "MedicationRequest", "The prescription as it is now."),
            ])
    }

    package func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let prescription = try work.instance
        var edit = prescription.edit
        edit.set("status", to)
        if let reason = work.parameters.concept("reason") { edit.set("statusReason", json: reason) }
        var changes = ChangeSet(work)
        changes.update(prescription, edit)
        changes.record(event, prescription.reference)
        return ClinicAnswer(try await changes.apply()[0])
    }
}
