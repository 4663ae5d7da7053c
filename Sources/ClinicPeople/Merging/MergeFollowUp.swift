package import Clinic
package import FHIRStore

/// Moves what reached a merged patient after the merge to the survivor: results whose patient was looked up a moment
/// before, writes of clients that know the old id.
package struct MergeFollowUp: ClinicJob {
    package init() {}

    package var name: String { "merge-follow-up" }
    package var interval: Duration { .seconds(5) }

    /// How long after a merge writers may still come with the old id.
    private static let windowSeconds = 3600

    package func run(_ store: FHIRStore) async throws -> Int {
        var count = 0
        for merge in try await PatientMerge.recent(store, withinSeconds: Self.windowSeconds) {
            count += try await store.transaction { transaction in
                try await PatientMerge(transaction).follow(up: merge).count
            }
        }
        return count
    }
}
