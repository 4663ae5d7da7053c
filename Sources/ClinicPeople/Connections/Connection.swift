import Clinic
import FHIRModel
import FHIRStore
import PostgreSQL

/// A patient and a practitioner who are, or want to be, connected: a CareTeam of the two, and the Task that asks for
/// it.
struct Connection: Sendable {
    static let codeSystem = "urn:martlet:codesystem:task"
    static let code = "connection-request"

    let patient: LocalReference
    let practitioner: LocalReference

    /// Makes others who change the same connection wait.
    func lock(_ work: ClinicWork) async throws {
        var parameters = SQLParameters()
        parameters.append(text: patient.text + " " + practitioner.text)
        _ = try await work.transaction.session.query(Self.lock, parameters)
    }

    /// Requests that nobody has answered.
    func openRequests(_ work: ClinicWork) async throws -> [StoredResource] {
        try await work.search(
            "Task",
            [
                ("patient", patient.text), ("owner", practitioner.text), ("code", Self.codeSystem + "|" + Self.code),
                ("status", "requested,received"),
            ], limit: 10)
    }

    /// The care team of the two, if there is one in force.
    func careTeam(_ work: ClinicWork) async throws -> StoredResource? {
        try await work.search(
            "CareTeam", [("patient", patient.text), ("participant", practitioner.text), ("status", "active")], limit: 10
        ).first
    }

    private static let lock = SQLStatement("SELECT pg_advisory_xact_lock(hashtextextended($1::text, 241))")
}
