import Clinic
import FHIRModel
import FHIRStore
import JSONTape

/// Whom an order is for, in which visit, and who gives it.
struct OrderContext: Sendable {
    let patient: LocalReference
    let encounter: LocalReference?
    let requester: Reference?

    /// Reads `patient`, `encounter` and `requester`, and locks the patient: orders for one are placed one by one.
    init(_ work: ClinicWork) async throws {
        let parameters = work.parameters
        guard let patient = try parameters.reference("patient", "Patient") else {
            throw OperationParameters.invalid("the parameter patient is missing")
        }
        self.patient = patient
        let named = try parameters.reference("requester", "Practitioner", "PractitionerRole")
        try await work.readAhead(
            locking: [patient], [try parameters.reference("encounter", "Encounter"), named].compactMap(\.self))
        _ = try await work.lock(patient, element: parameters.place(of: "patient"))
        encounter = try parameters.reference("encounter", "Encounter")
        var visit: StoredResource?
        if let encounter {
            visit = try await work.read(encounter, element: parameters.place(of: "encounter"))
            guard visit?.reference("subject") == patient else {
                throw StoreError(
                    .businessRule, "the encounter is another patient's",
                    expression: parameters.place(of: "encounter"), details: "wrong-patient")
            }
        }
        if let named {
            _ = try await work.read(named, element: parameters.place(of: "requester"))
            requester = Reference(named)
            return
        }
        // An account says who signed in; the visit says who is responsible where the account is no person's.
        let acting = Acting.reference(work)
        if acting?.reference != nil {
            requester = acting
        } else {
            let doctors = (visit?.node["participant"]?.items ?? []).compactMap { LocalReference($0["individual"]) }
                .filter { $0.typeName.hasPrefix("Practitioner") }
            requester = doctors.count == 1 ? doctors.first.map { Reference($0) } : acting
        }
    }
}
