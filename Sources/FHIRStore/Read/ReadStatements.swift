import PostgreSQL

/// The statements that read one resource type. Rows have the columns of `StoredVersion`.
struct ReadStatements: Sendable {
    /// Current version by id.
    let read: SQLStatement
    /// As `read`, holding the row until the transaction ends.
    let readForUpdate: SQLStatement
    /// Current versions of several ids.
    let readAll: SQLStatement
    /// As `readAll`, in the order of the ids, holding the rows until the transaction ends.
    let readAllForUpdate: SQLStatement
    /// A given version, current or past.
    let vread: SQLStatement
    /// Last recorded version of an id without a current one: tells gone from never known.
    let lastVersion: SQLStatement

    init(table: ResourceTable) {
        let columns = Self.columns
        let current = "SELECT \(columns) FROM \(table.current) t WHERE id = $1::text"
        read = SQLStatement(current)
        readAll = SQLStatement("SELECT \(columns) FROM \(table.current) t WHERE id = ANY($1::text[])")
        readAllForUpdate = SQLStatement(
            "SELECT \(columns) FROM \(table.current) t WHERE id = ANY($1::text[]) ORDER BY id FOR UPDATE")
        readForUpdate = SQLStatement(current + " FOR UPDATE")
        vread = SQLStatement(
            """
            \(current) AND version = $2::int
            UNION ALL SELECT \(columns) FROM \(table.history) t WHERE id = $1::text AND version = $2::int
            """)
        lastVersion = SQLStatement(
            "SELECT \(columns) FROM \(table.history) t WHERE id = $1::text ORDER BY version DESC LIMIT 1")
    }

    /// id, version, method, updated in microseconds, content text.
    static let columns = columnsBeforeContent + ", coalesce(exact, content::text)"

    /// As `columns`, where the content is not wanted.
    static let columnsWithoutContent = columnsBeforeContent + ", NULL::text"

    private static let columnsBeforeContent = "id, version, method, \(WriteStatements.micros("updated"))"
}
