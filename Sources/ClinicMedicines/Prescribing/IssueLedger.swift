import Clinic
import FHIRStore
import JSONTape

/// Keeps what checks found as DetectedIssues, the same finding under the same id, with the reasons for which
/// prescribers went on.
struct IssueLedger: Sendable {
    private let patient: LocalReference
    private let work: ClinicWork
    /// Issues that stand in the way, with where they are stored.
    private(set) var blocking: [(issue: FoundIssue, stored: LocalReference)] = []
    /// All issues by the position of the medicines that they are about.
    private(set) var byPosition: [Int: [LocalReference]] = [:]

    init(_ patient: LocalReference, in work: ClinicWork) {
        self.patient = patient
        self.work = work
    }

    /// Keeps the issues of a check.
    ///
    /// - Parameters:
    ///   - overrides: reasons, by issue.
    ///   - mayBeKnown: whether a reason that was given before is good enough.
    mutating func keep(
        _ check: InteractionCheck, overrides: [LocalReference: String], mayBeKnown: Bool, _ changes: inout ChangeSet
    ) async throws {
        let threshold =
            RuleBook.Severity(rawValue: try await MedicineSettings.blocking.text(in: work.transaction)) ?? .high
        for issue in check.issues {
            let reference = LocalReference("DetectedIssue", issue.id(for: patient))
            for position in issue.positions { byPosition[position, default: []].append(reference) }
            let stored = try await work.find(reference)
            let reason = overrides[reference]
            let isKnown = mayBeKnown && stored?.node["mitigation"] != nil
            if issue.severity >= threshold, reason == nil, !isKnown { blocking.append((issue, reference)) }
            if let stored {
                guard let reason else { continue }
                var edit = stored.edit
                edit.append("mitigation", json: FoundIssue.mitigation(reason, at: work.now))
                changes.update(stored, edit)
            } else {
                changes.create(
                    json: issue.json(for: patient, at: work.now, reason: reason), type: "DetectedIssue",
                    id: reference.id)
            }
        }
    }
}
