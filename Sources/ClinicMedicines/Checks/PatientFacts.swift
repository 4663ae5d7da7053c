import Clinic
import FHIRStore
import JSONTape

/// What a check has to know of the patient: medicines, allergies, conditions, whether she is pregnant.
struct PatientFacts: Sendable {
    /// An allergy or intolerance that is not ruled out.
    struct Allergy: Sendable {
        var source: LocalReference
        /// What it is to, looked up like a medicine.
        var substance: CheckedMedicine
        var isToMedicine: Bool
    }

    var medicines: [CheckedMedicine] = []
    var allergies: [Allergy] = []
    /// `icd10:K25`, `sct:13200003` and words, each with the condition that it comes from.
    var conditions: [String: LocalReference] = [:]
    /// What says that she is pregnant.
    var pregnancy: LocalReference?

    /// - Parameter leavingOut: prescriptions that are not counted, because they are replaced.
    init(_ patient: LocalReference, leavingOut: Set<LocalReference>, in work: ClinicWork) async throws {
        let found = try await work.search(all: [
            ("MedicationRequest", [("subject", patient.text), ("status", "active,on-hold")]),
            ("MedicationStatement", [("subject", patient.text), ("status", "active")]),
            ("AllergyIntolerance", [("patient", patient.text)]),
            ("Condition", [("subject", patient.text)]),
            ("Observation", Self.pregnancyStatus(of: patient)),
        ])
        for stored in found[0] + found[1] where !leavingOut.contains(stored.reference) {
            // Proposals and plans are not yet taken; what must not be given is not given.
            if stored.node["doNotPerform"]?.bool == true { continue }
            medicines.append(
                try await CheckedMedicine(
                    medicationOf: stored.node, position: nil, source: stored.reference, in: work))
        }
        for stored in found[2] where Self.holds(stored.node) {
            let substances = [stored.node["code"]] + (stored.node["reaction"]?.items ?? []).map { $0["substance"] }
            let concepts = substances.compactMap { $0 }.map { MedicineConcept($0) }
            let categories = stored.node["category"]?.items.compactMap(\.string) ?? []
            allergies.append(
                Allergy(
                    source: stored.reference,
                    substance: CheckedMedicine(concepts, position: nil, source: stored.reference),
                    isToMedicine: categories.contains("medication")))
        }
        for stored in found[3] where Self.holds(stored.node) { note(stored) }
        if let status = found[4].first { note(status: status) }
    }

    private mutating func note(_ condition: StoredResource) {
        let concept = MedicineConcept(condition.node["code"])
        var keys: Set<String> = Set(MedicineTokens(concept).words)
        for code in concept.keys {
            let parts = code.split(separator: "|", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { continue }
            if parts[0] == "http://snomed.info/sct" { keys.insert("sct:" + parts[1]) }
            if parts[0].contains("icd-10") {
                for length in [1, 3] { keys.insert("icd10:" + parts[1].prefix(length)) }
            }
        }
        for key in keys where conditions[key] == nil { conditions[key] = condition.reference }
        if !keys.isDisjoint(with: Self.pregnant) { pregnancy = condition.reference }
    }

    /// LOINC 82810-3, pregnancy status: the newest counts.
    private static func pregnancyStatus(of patient: LocalReference) -> [(String, String)] {
        [
            ("subject", patient.text), ("code", "http://loinc.org|82810-3"),
            ("status", "final,amended,corrected"), ("_sort", "-date"), ("_count", "1"),
        ]
    }

    private mutating func note(status: StoredResource) {
        let codes = status.node["valueCodeableConcept"]?["coding"]?.items.compactMap { $0["code"]?.string } ?? []
        if codes.contains(where: { $0 == "77386006" || $0 == "LA15173-0" }) { pregnancy = status.reference }
    }

    private static let pregnant: Set<String> = [
        "sct:77386006", "icd10:Z33", "icd10:Z34", "icd10:O", "pregnant", "pregnancy",
    ]

    /// Neither over nor ruled out.
    private static func holds(_ resource: JSONNode) -> Bool {
        func codes(_ element: String) -> [String] {
            resource[named: element]?["coding"]?.items.compactMap { $0["code"]?.string } ?? []
        }
        let isOver = codes("clinicalStatus").contains { ["inactive", "resolved", "remission"].contains($0) }
        let isWrong = codes("verificationStatus").contains { ["refuted", "entered-in-error"].contains($0) }
        return !isOver && !isWrong
    }
}
