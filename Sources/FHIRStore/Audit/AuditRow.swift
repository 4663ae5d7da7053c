import FHIRFormats
import PostgreSQL

/// An entry as it comes out of the inbox.
struct AuditRow: Sendable {
    /// What was written.
    enum Effect: String, Sendable {
        case create = "C"
        case update = "U"
        case delete = "D"
        /// A write whose content was the stored one.
        case unchanged = "S"
        case nothing = "R"
    }

    var happened: Instant
    var effect: Effect
    var typeName: String?
    var id: String?
    var version: Int?
    /// HTTP status; nil for writes, which are on record only if they came about.
    var status: Int?
    var facts: AuditFacts
    var detail: String?
    /// `Patient/1`, as they were shown.
    var shown: [String]
    /// `Patient/1`: whom it is about, found out when it is chained.
    var patients: [String] = []

    init(_ row: Int, of result: QueryResult) {
        happened = Instant(microsecondsSince1970: result.int64(row, 0) ?? 0)
        effect = Effect(rawValue: result.string(row, 1) ?? "") ?? .nothing
        typeName = result.string(row, 2)
        id = result.string(row, 3)
        version = result.int64(row, 4).map(Int.init)
        status = result.int64(row, 5).map(Int.init)
        facts = AuditFacts(encoded: result.string(row, 6) ?? "")
        detail = result.string(row, 7)
        shown = (result.string(row, 8) ?? "").split(separator: " ").map(String.init)
    }

    /// What the server itself noticed about somebody.
    init(alert facts: AuditFacts, at time: Instant, _ words: String) {
        happened = time
        effect = .nothing
        self.facts = facts
        detail = words
        shown = []
    }

    /// `Observation/1`: what it was about.
    var address: String? {
        guard let typeName, let id else { return nil }
        return "\(typeName)/\(id)"
    }

    /// The interaction, by http://hl7.org/fhir/restful-interaction: of a write that of the resource, which is another
    /// one than that of the bundle or operation it was part of.
    var deed: String {
        switch effect {
        case .nothing: return facts.deed
        case .create: return "create"
        case .delete: return "delete"
        case .update, .unchanged: return facts.deed == "patch" ? "patch" : "update"
        }
    }

    var isRefused: Bool { (status ?? 200) >= 400 }

    /// Takes the oldest entries out of the inbox, by their places: nothing moves them, and a plan made without statistics
    /// would read the whole table.
    static let taking = SQLStatement(
        """
        WITH taken AS (
          DELETE FROM audit_inbox WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM audit_inbox ORDER BY entry LIMIT $1::bigint))
          RETURNING *)
        SELECT \(WriteStatements.micros("happened")), effect, type, id, version, status, context, detail, shown
        FROM taken ORDER BY entry
        """)
}
