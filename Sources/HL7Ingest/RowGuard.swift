import FHIRDefinitions
import FHIRFormats
import FHIRStore
import PostgreSQL

/// Makes a job rest on the version of a resource that was read before it.
struct RowGuard: Sendable {
    let store: FHIRStore

    /// The statement that fails the job if the resource has another version by now, and keeps it from changing until
    /// the job ends.
    func statement(_ version: StoredVersion) -> (SQLStatement, SQLParameters) {
        var parameters = SQLParameters()
        parameters.append(text: version.stamp.id)
        parameters.append(int64: Int64(version.stamp.version))
        let table = store.tables.table(version.type).current
        return (
            SQLStatement(
                """
                SELECT martlet_require(
                  (SELECT version FROM \(table) WHERE id = $1::text FOR UPDATE) = $2::bigint, 'a resource has changed')
                """), parameters
        )
    }
}
