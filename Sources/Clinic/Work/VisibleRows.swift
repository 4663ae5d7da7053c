package import FHIRStore

extension FHIRStore {
    /// The rows of a table of the clinic's own, as they stand behind `FROM` in a text for `statement(_:)`: those whose
    /// resource is there for the caller. All of them, by the table's bare name, where nothing is kept from the caller.
    ///
    /// Such tables (balances, the ledger) know nothing of tenants; the resource that a row is about does.
    ///
    /// - Parameters:
    ///   - column: holds an id if there is one type, and `Type/id` if there are several.
    ///   - types: what the column may name; all need tables in the database.
    package func visible(_ table: String, by column: String, of types: String...) -> String {
        guard isLimited else { return table }
        let isReference = types.count > 1
        let ways = types.map { type in
            isReference
                ? """
                m.\(column) LIKE '\(type)/%' AND EXISTS (
                  SELECT FROM @[\(type)] r WHERE r.id = substr(m.\(column), \(type.utf8.count + 2)))
                """
                : "EXISTS (SELECT FROM @[\(type)] r WHERE r.id = m.\(column))"
        }
        return "(SELECT m.* FROM \(table) m WHERE \(ways.joined(separator: " OR ")))"
    }
}
