package import FHIRFormats
import PostgreSQL

/// One thing that happened, on its way to the inbox.
package struct AuditEntry: Sendable {
    /// The facts, see `AuditTrace.context`.
    package var context: String
    package var happened: Instant
    /// HTTP status, or what comes closest.
    package var status: Int
    /// Name of the resource type it was about; nil for none.
    package var typeName: String?
    package var id: String?
    package var version: Int?
    /// For people: why it was refused, which operation it was. Holds no content of resources.
    package var detail: String?
    /// Resources that were shown, `Patient/1`, separated by blanks.
    package var shown: String?

    package init(_ context: String, at happened: Instant, status: Int) {
        self.context = context
        self.happened = happened
        self.status = status
    }

    /// `R`: nothing was written, or what was written has entries of its own.
    private static let effect = "R"

    /// The statement that puts entries into the inbox.
    static func insertion(_ entries: [AuditEntry]) -> (SQLStatement, SQLParameters) {
        var parameters = SQLParameters()
        parameters.append(timestampArray: entries.map { $0.happened.microsecondsSince1970 })
        parameters.append(text: effect)
        parameters.append(textArray: entries.map(\.typeName))
        parameters.append(textArray: entries.map(\.id))
        parameters.append(int64Array: entries.map { $0.version.map(Int64.init) })
        parameters.append(int32Array: entries.map { Int32(clamping: $0.status) })
        parameters.append(textArray: entries.map(\.context))
        parameters.append(textArray: entries.map(\.detail))
        parameters.append(textArray: entries.map(\.shown))
        return (statement, parameters)
    }

    private static let statement = SQLStatement(
        """
        INSERT INTO audit_inbox (happened, effect, type, id, version, status, context, detail, shown)
        SELECT e.happened, $2::text::"char", e.type, e.id, e.version, e.status, e.context, e.detail, e.shown
        FROM unnest($1::timestamptz[], $3::text[], $4::text[], $5::int8[], $6::int4[], $7::text[],
          $8::text[], $9::text[])
          e (happened, type, id, version, status, context, detail, shown)
        """)
}
