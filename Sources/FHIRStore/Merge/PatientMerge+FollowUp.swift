import FHIRDefinitions
import FHIRFormats
import PostgreSQL

/// What came for a merged patient after the merge: from writers who had read the record before it, or who know it by
/// its old id alone.
extension PatientMerge {
    /// The merges in force that were made within so many seconds, the oldest first.
    package static func recent(_ store: FHIRStore, withinSeconds seconds: Int) async throws -> [Live] {
        var parameters = SQLParameters()
        parameters.append(timestamp: store.now().microsecondsSince1970 - Int64(seconds) * 1_000_000)
        let rows = try await store.database.read(findRecent, parameters)
        return (0..<rows.rowCount).compactMap { row in
            guard let number = rows.int64(row, 0), let prior = rows.string(row, 1), let survivor = rows.string(row, 2)
            else { return nil }
            return Live(number: number, prior: prior, survivor: survivor)
        }
    }

    /// Has what refers to the prior patient all the same follow to the survivor, as part of that merge.
    /// - Returns: `Type/id` of what was moved.
    package func follow(up merge: Live) async throws -> [String] {
        let referrers = try await record.transaction.referrers(to: record.type, id: merge.prior)
        // The patients themselves refer to each other.
        let others = referrers.filter { $0.type != record.type }
        guard !others.isEmpty else { return [] }
        _ = try await lock(min(merge.prior, merge.survivor))
        _ = try await lock(max(merge.prior, merge.survivor))
        guard let live = try await live(prior: merge.prior), live.number == merge.number else { return [] }
        let survivor = try await follow(try await lock(merge.prior)).stamp.id
        return try await record.asMerge {
            try await record.moveReferences(
                from: merge.prior, to: survivor, entry: merge.number,
                excluding: Set([merge.prior, merge.survivor, survivor].map { "\(record.typeName)/\($0)" }))
        }
    }

    private static let findRecent = SQLStatement(
        """
        SELECT id, prior, survivor FROM record_merge
        WHERE type = 'Patient' AND undone IS NULL AND merged >= $1::timestamptz ORDER BY id LIMIT 1000
        """)
}
