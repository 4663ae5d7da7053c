import Clinic
import FHIRStore
import PostgreSQL

/// Results are verified by somebody who did not enter them.
enum SecondPerson {
    static let setting = ClinicSetting(
        "results.second-person", "Whether results are verified by another person than who entered them.",
        standard: "true")

    /// Refuses whoever entered any of the results (403 second-person-required).
    static func require(for report: LocalReference, _ work: ClinicWork) async throws {
        guard try await setting.bool(in: work.transaction) else { return }
        var parameters = SQLParameters()
        parameters.append(text: report.text)
        let rows = try await work.transaction.session.query(actors, parameters)
        for row in 0..<rows.rowCount { try work.requireAnotherPerson(than: rows.string(row, 0)) }
    }

    private static let actors = SQLStatement(
        "SELECT DISTINCT actor FROM clinic_event WHERE name = 'result.entered' AND focus = $1::text")
}
