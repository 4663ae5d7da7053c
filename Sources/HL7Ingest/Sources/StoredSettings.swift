package import FHIRFormats
import FHIRStore
import JSONTape
import PostgreSQL

/// Settings that somebody has put into the database under a name.
package struct StoredSettings: Sendable {
    package let name: String
    /// As JSON.
    package let json: [UInt8]
    /// Counts the changes, from 1.
    package let version: Int
    package let updated: Instant

    /// What a query asks for, first of all.
    static let columns = "name, settings, version, (extract(epoch FROM updated) * 1000000)::bigint"

    /// The number of columns.
    static let width = 4

    /// From a row that begins with `columns`.
    init(_ rows: QueryResult, _ row: Int) {
        name = rows.string(row, 0) ?? ""
        json = rows.bytes(row, 1) ?? []
        version = Int(rows.int64(row, 2) ?? 0)
        updated = Instant(microsecondsSince1970: rows.int64(row, 3) ?? 0)
    }

    /// The parsed JSON; nil if it is none.
    var node: JSONNode? { (try? Document.parse(json)).map { JSONNode($0) } }

    /// The rows of a list of settings.
    /// - Parameters:
    ///   - list: takes the name as its only parameter, and null for all.
    static func rows(_ list: SQLStatement, named name: String?, in store: FHIRStore) async throws -> QueryResult {
        var parameters = SQLParameters()
        parameters.append(text: name)
        do {
            return try await store.database.read(list, parameters)
        } catch let error as PostgreSQLError {
            throw StoreError(error)
        }
    }
}
