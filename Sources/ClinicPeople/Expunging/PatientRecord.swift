import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRStore
import PostgreSQL

/// All that is stored of one patient: the patient, and what is about the patient alone, in whatever version.
struct PatientRecord: Sendable {
    /// What the law demands to be kept: the books, and who did what.
    private static let kept: Set<String> = [
        "Invoice", "PaymentNotice", "PaymentReconciliation", "Account", "ChargeItem", "Claim", "ClaimResponse",
        "AuditEvent", "Provenance",
    ]
    /// Elements that say whom a resource is about.
    private static let subjects = ["subject", "patient", "beneficiary", "for", "securityContext"]

    private let patient: LocalReference
    /// Ids by type, in order; those that are deleted already count too.
    private var found: [(table: ResourceTable, ids: [String])] = []
    private(set) var keptCount = 0

    var count: Int { found.reduce(0) { $0 + $1.ids.count } }
    var counts: [(name: String, count: Int)] { found.map { ($0.table.typeName, $0.ids.count) } }

    init(of patient: LocalReference, _ work: ClinicWork) async throws {
        self.patient = patient
        let tables = work.store.tables.types.map { work.store.tables.table($0) }
        var parameters = SQLParameters()
        parameters.append(text: patient.text)
        let statements = tables.map { (SQLStatement(Self.text($0), isPrepared: false), parameters) }
        let results = try await work.transaction.session.queries(statements)
        for (table, rows) in zip(tables, results) where table.typeName != "Patient" {
            let ids = (0..<rows.rowCount).compactMap { rows.string($0, 0) }
            guard !ids.isEmpty else { continue }
            if Self.kept.contains(table.typeName) { keptCount += ids.count } else { found.append((table, ids)) }
        }
        found.append((work.store.tables.table(try work.store.resourceType("Patient")), [patient.id]))
    }

    /// The ids of one type whose resource, or a version of it, is about the patient.
    private static func text(_ table: ResourceTable) -> String {
        var about = subjects.map { "content #>> '{\($0),reference}' = $1::text" }
        if table.typeName == "Appointment" {
            about.append(
                "content @> jsonb_build_object('participant', jsonb_build_array(jsonb_build_object('actor', "
                    + "jsonb_build_object('reference', $1::text))))")
        }
        let condition = about.joined(separator: " OR ")
        return """
            SELECT id FROM \(table.current) r WHERE \(condition)
            UNION SELECT id FROM \(table.history) r WHERE \(condition)
            ORDER BY 1
            """
    }

    /// Until when the record must be kept; nil where there is nothing but the patient's own data.
    func end(ofRetention years: Int, _ work: ClinicWork) async throws -> Instant? {
        var last: Int64?
        for (table, ids) in found where table.typeName != "Patient" {
            var parameters = SQLParameters()
            parameters.append(textArray: ids)
            parameters.append(int64: Int64(years))
            let statement = SQLStatement(
                """
                SELECT (extract(epoch FROM max(updated) + make_interval(years => $2::int8::int)) * 1000000)::bigint
                FROM \(table.current) r WHERE id = ANY ($1::text[])
                """, isPrepared: false)
            let rows = try await work.transaction.session.query(statement, parameters)
            last = [last, rows.int64(0, 0)].compactMap(\.self).max()
        }
        return last.map { Instant(microsecondsSince1970: $0) }
    }

    /// Erases it from the tables, from their histories, and from what else holds copies; the proof that stays.
    func erase(basis: String, reason: String, _ work: ClinicWork) async throws -> String {
        var addresses: [String] = []
        for (table, ids) in found {
            addresses += ids.map { "\(table.typeName)/\($0)" }
            for id in ids where try await work.transaction.read(table.type, id: id)?.content != nil {
                _ = try await work.transaction.delete(table.type, id: id)
            }
            var parameters = SQLParameters()
            parameters.append(textArray: ids)
            // By its name: what is deleted was found among what is there for the caller.
            let statement = SQLStatement(
                "DELETE FROM \"\(table.name)_history\" WHERE id = ANY ($1::text[])", isPrepared: false)
            _ = try await work.transaction.session.query(statement, parameters)
        }
        var parameters = SQLParameters()
        parameters.append(text: patient.id)
        parameters.append(textArray: addresses)
        parameters.append(text: basis)
        parameters.append(text: reason)
        parameters.append(text: work.call.caller)
        parameters.append(timestamp: work.now.microsecondsSince1970)
        let rows = try await work.transaction.session.query(Self.prove, parameters)
        return rows.string(0, 0) ?? ""
    }

    private static let prove = SQLStatement(
        """
        SELECT people_expunge($1::text, $2::text[], $3::text, $4::text, $5::text, $6::timestamptz)
        """)
}
