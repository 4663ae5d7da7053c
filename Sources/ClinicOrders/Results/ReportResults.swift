import Clinic
import FHIRModel
import FHIRStore
import JSONTape

/// The observations of a report, locked.
struct ReportResults: Sendable {
    let observations: [StoredResource]

    init(_ report: StoredResource, _ work: ClinicWork) async throws {
        let type = try work.store.resourceType("Observation")
        let references = (report.node["result"]?.items ?? []).compactMap { LocalReference($0) }
            .filter { $0.typeName == "Observation" }
        var found: [StoredResource] = []
        // Results that are stored elsewhere are left out.
        for reference in Set(references).sorted() {
            let version = try await work.transaction.lock(type, id: reference.id)
            if let stored = try version.flatMap({ try StoredResource($0, in: work.store) }) { found.append(stored) }
        }
        observations = found
    }

    /// The observation with one of the codes; nil if there is none.
    func observation(_ code: CodeableConcept) -> StoredResource? {
        observations.first { stored in
            guard !["cancelled", "entered-in-error"].contains(stored.status),
                let own = CodeableConcept(stored: stored.node["code"])
            else { return false }
            return !own.keys.isDisjoint(with: code.keys)
        }
    }
}
