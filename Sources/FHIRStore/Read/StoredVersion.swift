package import FHIRDefinitions
package import FHIRFormats
import PostgreSQL

/// One version of a resource as the database holds it.
package struct StoredVersion: Sendable {
    package var type: TypeID
    package var stamp: VersionStamp
    /// The interaction that made this version.
    package var method: WriteCommand.Method
    /// Stored text without `meta.versionId` and `meta.lastUpdated`; nil for a deletion.
    package var content: [UInt8]?
    /// For a contained resource, the one around it (R4 search.html#contained): then the stamp's id is the one within
    /// that, its version and time are those of that, and the content is the contained resource alone.
    package var container: Container?

    /// What contains a resource.
    package struct Container: Hashable, Sendable {
        package var type: TypeID
        package var id: String
    }

    /// Reads the row that `ReadStatements.columns` gives, from column `first` on.
    init(type: TypeID, row: Int, of result: QueryResult, from first: Int = 0) {
        self.type = type
        stamp = VersionStamp(
            id: result.string(row, first) ?? "", version: Int(result.int64(row, first + 1) ?? 0),
            updated: Instant(microsecondsSince1970: result.int64(row, first + 3) ?? 0))
        method = WriteCommand.Method(rawValue: result.string(row, first + 2) ?? "") ?? .update
        content = result.bytes(row, first + 4)
    }

    package init(type: TypeID, stamp: VersionStamp, method: WriteCommand.Method, content: [UInt8]?) {
        self.type = type
        self.stamp = stamp
        self.method = method
        self.content = content
    }
}
