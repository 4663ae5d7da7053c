import FHIRDefinitions
package import PostgreSQL

extension FHIRStore {
    /// A statement of somebody else's making over resources, in which `@[Appointment]` stands for the rows of the type
    /// that are there for the caller, always before an alias: `SELECT … FROM @[Appointment] a`.
    ///
    /// Names of tables show everything to everybody: they are for guards and background work, never for what is
    /// answered.
    package func statement(_ text: String) throws -> SQLStatement {
        var result = ""
        var rest = text[...]
        while let mark = rest.firstRange(of: "@["), let end = rest[mark.upperBound...].firstIndex(of: "]") {
            result += rest[..<mark.lowerBound]
            let name = String(rest[mark.upperBound..<end])
            guard let type = definitions.resourceType(named: name), tables.contains(type) else {
                throw StoreError(.fault, "there are no tables for \(name)")
            }
            result += tables.table(type).current
            rest = rest[rest.index(after: end)...]
        }
        // What operations ask reads tables of the clinic's own too, which the role of tenants may not.
        return everythingStatements.statement(result + rest, isOfTenants: false)
    }
}
