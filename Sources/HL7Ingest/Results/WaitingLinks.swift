package import FHIRFormats
package import FHIRStore
import PostgreSQL

/// Child reports whose parent result has not come for some time, for a person to look at. §2.5.3.
package struct WaitingLink: Sendable {
    package let created: Instant
    /// `DiagnosticReport/id` of the child.
    package let report: String
    /// `Patient/id`.
    package let subject: String
    /// What the parent is looked for by; nil where OBR-29 does not say it.
    package let parentFiller: String?
    package let parentPlacer: String?
    /// OBR-26: the parent result.
    package let parentCode: String?
    package let parentSubID: String?

    /// The oldest first.
    /// - Parameter hours: only those that have waited as long.
    package static func list(_ store: FHIRStore, hours: Int, limit: Int) async throws -> [WaitingLink] {
        var parameters = SQLParameters()
        parameters.append(
            timestamp: store.clock().microsecondsSince1970 - Int64(hours) * 3_600_000_000)
        parameters.append(int64: Int64(limit))
        do {
            let rows = try await store.database.read(list, parameters)
            return (0..<rows.rowCount).map { row in
                func text(_ column: Int) -> String? { rows.string(row, column).flatMap { $0.isEmpty ? nil : $0 } }
                return WaitingLink(
                    created: Instant(microsecondsSince1970: rows.int64(row, 0) ?? 0),
                    report: text(1) ?? "",
                    subject: text(2) ?? "", parentFiller: text(3), parentPlacer: text(4), parentCode: text(5),
                    parentSubID: text(6))
            }
        } catch let error as PostgreSQLError {
            throw StoreError(error)
        }
    }

    private static let list = SQLStatement(
        """
        SELECT (extract(epoch FROM created) * 1000000)::bigint, child_report, subject, parent_filler, parent_placer,
          parent_code, parent_sub_id
        FROM hl7_pending_link WHERE created <= $1::timestamptz ORDER BY created, id LIMIT $2::bigint
        """)
}
