package import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRStore
import JSONTape

/// `/Patient/[id]/$medication-list`: what a patient takes, by prescriptions and by statements.
package struct ListMedicines: ClinicOperation {
    package init() {}

    package var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "medication-list", typeName: "Patient", level: .instance, affectsState: false,
            documentation: "The medicines that the patient takes: active and held prescriptions and statements. A "
                + "prescription that was renewed, and a statement that is derived from a listed one, are left out.",
            roles: [.superadmin, .physician, .nurse, .pharmacy, .patient, .proxy],
            parameters: [
                .init(.output, "return", 1, 1, "Bundle", "MedicationRequest and MedicationStatement.")
            ])
    }

    package func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let patient = try work.instance.reference
        let requests = try await work.search(
            "MedicationRequest", [("subject", patient.text), ("status", "active,on-hold")])
        let statements = try await work.search(
            "MedicationStatement", [("subject", patient.text), ("status", "active,intended,on-hold")])
        let renewed = Set(requests.compactMap { $0.reference("priorPrescription") })
        let listed = requests.filter { !renewed.contains($0.reference) && $0.node["doNotPerform"]?.bool != true }
        let known = Set(requests.map(\.reference))
        let own = statements.filter { statement in
            let sources = (statement.node["derivedFrom"]?.items ?? []) + (statement.node["basedOn"]?.items ?? [])
            return !sources.compactMap { LocalReference($0) }.contains(where: known.contains)
        }
        return ClinicAnswer((listed + own).map { $0.saved(in: work.store) }, base: work.call.base)
    }
}
