import Clinic
import FHIRFormats
import FHIRStore
import PostgreSQL

/// What was logged of the doses of a prescription.
struct DoseLog: Sendable {
    /// taken, skipped or late, as it was logged: `valueCode`.
    static let statusExtension = "urn:martlet:dose-status"

    struct Entry: Sendable {
        /// taken, skipped or late.
        var outcome: String
        var administration: LocalReference
    }

    /// By planned time.
    let entries: [Instant: Entry]

    init(of request: LocalReference, in work: ClinicWork) async throws {
        var parameters = SQLParameters()
        parameters.append(text: request.id)
        let rows = try await work.transaction.session.query(Self.read, parameters)
        var entries: [Instant: Entry] = [:]
        for row in 0..<rows.rowCount {
            entries[Instant(microsecondsSince1970: rows.int64(row, 0) ?? 0)] = Entry(
                outcome: rows.string(row, 1) ?? "",
                administration: LocalReference("MedicationAdministration", rows.string(row, 2) ?? ""))
        }
        self.entries = entries
    }

    private static let read = SQLStatement(
        """
        SELECT (extract(epoch FROM planned) * 1000000)::bigint, outcome, administration
        FROM dose_log WHERE request = $1::text
        """)
}
