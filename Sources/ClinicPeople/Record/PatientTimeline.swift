import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRSearch
import FHIRStore
import JSONTape
import PostgreSQL

/// `Patient/[id]/$timeline`: a patient's record as one list, newest first, page by page.
///
/// The order is date, type and row: it does not change when others write, so that every entry comes once. What has no
/// date stands at the end.
struct PatientTimeline: ClinicOperation {
    /// What a timeline shows; of these, the types whose rows have a patient and a date.
    private static let types = [
        "AllergyIntolerance", "CarePlan", "Communication", "Composition", "Condition", "DiagnosticReport",
        "DocumentReference", "Encounter", "FamilyMemberHistory", "ImagingStudy", "Immunization",
        "MedicationAdministration", "MedicationDispense", "MedicationRequest", "MedicationStatement", "Observation",
        "Procedure", "QuestionnaireResponse", "ServiceRequest",
    ]
    private static let maximumCount = 200
    /// Before all that a timestamp can be; stands for a missing one.
    private static let leastDate: Int64 = -9_000_000_000_000_000_000

    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "timeline", typeName: "Patient", level: .instance, affectsState: false,
            documentation: "The patient's record as one list, newest first.", roles: [.physician, .nurse, .patient],
            parameters: [
                .init(.input, "from", 0, 1, "dateTime", "Nothing before."),
                .init(.input, "to", 0, 1, "dateTime", "Nothing from then on."),
                .init(.input, "kind", 0, nil, "code", "Resource types; all by default."),
                .init(.input, "cursor", 0, 1, "string", "Where the page before ended, as its link says."),
                .init(.input, "count", 0, 1, "integer", "Entries of a page, 50 by default, 200 at most."),
                .init(.output, "return", 1, 1, "Bundle", "The entries of the page, with a link to the next one."),
            ])
    }

    /// The last entry of a page: `micros.Type.row`.
    private struct Cursor {
        var date: Int64
        var type: String
        var row: Int64

        init(date: Int64, type: String, row: Int64) {
            self.date = date
            self.type = type
            self.row = row
        }

        init(_ text: String) throws {
            let parts = text.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 3, let date = Int64(parts[0]), let row = Int64(parts[2]) else {
                throw OperationParameters.invalid("the cursor is none of this server's")
            }
            self.init(date: date, type: String(parts[1]), row: row)
        }

        var text: String { "\(date).\(type).\(row)" }
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let patient = try work.instance
        let kinds = try Self.kinds(work)
        let count = work.parameters.integer("count") ?? 50
        guard count > 0 else {
            throw OperationParameters.invalid("count is at least 1", at: work.parameters.place(of: "count"))
        }
        let limit = min(count, Self.maximumCount)
        let cursor = try work.parameters.text("cursor").map { try Cursor($0) }
        let rows = try await work.transaction.session.query(
            try Self.statement(kinds, work), try Self.parameters(patient.reference, cursor, limit + 1, work))
        var entries: [(String, [UInt8])] = []
        var last: Cursor?
        for row in 0..<min(rows.rowCount, limit) {
            guard let type = rows.string(row, 0), let id = rows.string(row, 1), let content = rows.bytes(row, 6) else {
                continue
            }
            let stamp = VersionStamp(
                id: id, version: Int(rows.int64(row, 2) ?? 0),
                updated: Instant(microsecondsSince1970: rows.int64(row, 3) ?? 0))
            let json = content.withUnsafeBufferPointer { work.store.renderer.render(content: $0, stamp: stamp) }
            entries.append(("\(work.call.base)/\(type)/\(id)", json))
            last = Cursor(date: rows.int64(row, 4) ?? 0, type: type, row: rows.int64(row, 5) ?? 0)
        }
        let next = rows.rowCount > limit ? last.map { Self.link($0, kinds, limit, patient.reference, work) } : nil
        return ClinicAnswer(resource: Self.bundle(entries, next))
    }

    private static func kinds(_ work: ClinicWork) throws -> [String] {
        let known = types.filter { name in
            guard let type = work.store.definitions.resourceType(named: name), work.store.tables.contains(type) else {
                return false
            }
            let plan = IndexPlan.plan(for: type, in: work.store.definitions)
            return plan.hasSubject && plan.dateParameter != nil
        }
        let asked = work.parameters.texts("kind").flatMap { $0.split(separator: ",").map(String.init) }
        if asked.isEmpty { return known }
        return try asked.map { kind in
            guard let name = known.first(where: { $0.lowercased() == kind.lowercased() }) else {
                throw OperationParameters.invalid(
                    "kind is one of \(known.joined(separator: ", "))", at: work.parameters.place(of: "kind"))
            }
            return name
        }.sorted()
    }

    /// Dates as microseconds: the least one for those that are missing, the next one for what began nobody knows when.
    /// Type names come from the definitions.
    private static func statement(_ kinds: [String], _ work: ClinicWork) throws -> SQLStatement {
        let date = """
            CASE WHEN isfinite(date_lo) THEN (extract(epoch FROM date_lo) * 1000000)::bigint
              WHEN date_lo < 'infinity' THEN \(leastDate + 1) WHEN date_lo = 'infinity' THEN \(-leastDate)
              ELSE \(leastDate) END
            """
        let tables = work.store.tables
        let parts = try kinds.map { name in
            """
            (SELECT '\(name)' COLLATE "C" AS type, id, version::bigint AS version,
               (extract(epoch FROM updated) * 1000000)::bigint AS updated, \(date) AS date, rid,
               coalesce(exact, content::text) AS content
             FROM \(tables.table(try work.store.resourceType(name)).current) a
             WHERE subj = $1::bigint AND content ->> 'status' IS DISTINCT FROM 'entered-in-error'
               AND ($2::timestamptz IS NULL OR date_lo >= $2::timestamptz)
               AND ($3::timestamptz IS NULL OR date_lo < $3::timestamptz)
               AND ($4::bigint IS NULL OR \(date) < $4::bigint OR \(date) = $4::bigint
                 AND ('\(name)' COLLATE "C" > $5::text OR '\(name)' = $5::text AND rid < $6::bigint))
             ORDER BY date_lo DESC NULLS LAST, rid DESC LIMIT $7::bigint)
            """
        }
        // One kind alone has an order of its own already.
        return SQLStatement(
            "SELECT * FROM (" + parts.joined(separator: "\nUNION ALL\n")
                + ") e ORDER BY date DESC, type, rid DESC LIMIT $7::bigint")
    }

    private static func parameters(
        _ patient: LocalReference, _ cursor: Cursor?, _ limit: Int, _ work: ClinicWork
    ) throws -> SQLParameters {
        var parameters = SQLParameters()
        let hash = SearchIndexer.selfKey(typeName: patient.typeName, id: patient.id)
        parameters.append(int64: Int64(bitPattern: hash))
        for name in ["from", "to"] {
            guard let text = work.parameters.text(name) else {
                parameters.append(timestamp: nil)
                continue
            }
            guard let range = DateRange(text) else {
                throw OperationParameters.invalid("\(name) is a dateTime", at: work.parameters.place(of: name))
            }
            parameters.append(timestamp: range.low)
        }
        parameters.append(int64: cursor?.date)
        parameters.append(text: cursor?.type)
        parameters.append(int64: cursor?.row)
        parameters.append(int64: Int64(limit))
        return parameters
    }

    private static func link(
        _ cursor: Cursor, _ kinds: [String], _ limit: Int, _ patient: LocalReference, _ work: ClinicWork
    ) -> String {
        var query = "cursor=\(cursor.text)&count=\(limit)"
        for name in ["from", "to"] {
            guard let text = work.parameters.text(name) else { continue }
            query += "&\(name)=\(text.replacing("+", with: "%2B"))"
        }
        if work.parameters.has("kind") { for kind in kinds { query += "&kind=\(kind)" } }
        return "\(work.call.base)/\(patient.text)/$timeline?\(query)"
    }

    private static func bundle(_ entries: [(String, [UInt8])], _ next: String?) -> [UInt8] {
        ResourceEdit.json { writer in
            writer.beginObject()
            writer.member("resourceType", "Bundle")
            writer.member("type", "searchset")
            if let next {
                writer.key("link")
                writer.beginArray()
                writer.beginObject()
                writer.member("relation", "next")
                writer.member("url", next)
                writer.endObject()
                writer.endArray()
            }
            if !entries.isEmpty {
                writer.key("entry")
                writer.beginArray()
                for (url, json) in entries {
                    writer.beginObject()
                    writer.member("fullUrl", url)
                    writer.key("resource")
                    writer.raw(json)
                    writer.key("search")
                    writer.beginObject()
                    writer.member("mode", "match")
                    writer.endObject()
                    writer.endObject()
                }
                writer.endArray()
            }
            writer.endObject()
        }
    }
}
