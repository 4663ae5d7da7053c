import FHIRStore
import HL7Mapping
import PostgreSQL

/// Child reports whose parent result has not come yet (OBR-26, OBR-29). §2.5.3.
struct PendingLinkTable: Sendable {
    let store: FHIRStore

    /// A link that waits.
    struct Waiting: Sendable {
        let id: Int64
        let link: PendingLink
    }

    /// The statement that keeps the links until their parents arrive; a repeated one is kept once.
    func statement(_ links: [PendingLink]) -> (SQLStatement, SQLParameters) {
        var parameters = SQLParameters()
        parameters.append(textArray: links.map(\.childReport))
        parameters.append(textArray: links.map { $0.childObservations.joined(separator: " ") })
        parameters.append(textArray: links.map { $0.parentFiller ?? "" })
        parameters.append(textArray: links.map { $0.parentPlacer ?? "" })
        parameters.append(textArray: links.map(\.parentCode))
        parameters.append(textArray: links.map(\.parentSubID))
        parameters.append(textArray: links.map(\.subject))
        return (Self.insert, parameters)
    }

    /// The links that may wait for a report with one of these numbers, of this patient.
    func waiting(for numbers: [String], of subject: String) async throws -> [Waiting] {
        var parameters = SQLParameters()
        parameters.append(textArray: numbers)
        parameters.append(text: subject)
        let rows = try await store.database.read(Self.find, parameters)
        return (0..<rows.rowCount).compactMap { row in
            guard let id = rows.int64(row, 0), let report = rows.string(row, 1), let results = rows.string(row, 2),
                let filler = rows.string(row, 3), let placer = rows.string(row, 4), let code = rows.string(row, 5),
                let subID = rows.string(row, 6)
            else { return nil }
            return Waiting(
                id: id,
                link: PendingLink(
                    childReport: report, childObservations: results.split(separator: " ").map(String.init),
                    parentFiller: filler.isEmpty ? nil : filler, parentPlacer: placer.isEmpty ? nil : placer,
                    parentCode: code, parentSubID: subID, subject: subject))
        }
    }

    /// The statement that forgets links which were made.
    func removal(_ ids: [Int64]) -> (SQLStatement, SQLParameters) {
        var parameters = SQLParameters()
        parameters.append(int64Array: ids)
        return (Self.remove, parameters)
    }

    private static let insert = SQLStatement(
        """
        INSERT INTO hl7_pending_link
          (child_report, child_results, parent_filler, parent_placer, parent_code, parent_sub_id, subject)
        SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
        ON CONFLICT (child_report) DO UPDATE SET child_results = excluded.child_results
        """)
    private static let find = SQLStatement(
        """
        SELECT id, child_report, child_results, parent_filler, parent_placer, parent_code, parent_sub_id
        FROM hl7_pending_link
        WHERE (parent_filler = ANY ($1::text[]) OR parent_filler = '' AND parent_placer = ANY ($1::text[]))
          AND subject = $2::text
        """)
    private static let remove = SQLStatement("DELETE FROM hl7_pending_link WHERE id = ANY ($1::int8[])")
}
