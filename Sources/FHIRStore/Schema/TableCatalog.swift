package import FHIRDefinitions

/// The tables and statements of every resource type, made once.
package final class TableCatalog: Sendable {
    private let byType: [TypeID: (table: ResourceTable, write: WriteStatements, read: ReadStatements)]
    /// All resource types, sorted by name.
    package let types: [TypeID]

    /// - Parameter types: those whose tables the database has; all, but for tests that need few.
    package init(definitions: FHIRDefinitions, types: [TypeID]) {
        var byType: [TypeID: (ResourceTable, WriteStatements, ReadStatements)] = [:]
        for type in types {
            let table = ResourceTable(type: type, definitions: definitions)
            byType[type] = (table, WriteStatements(table: table), ReadStatements(table: table))
        }
        self.byType = byType
        self.types = types
    }

    /// Whether the database has tables for a type.
    package func contains(_ type: TypeID) -> Bool { byType[type] != nil }

    package func table(_ type: TypeID) -> ResourceTable { entry(type).table }
    func statements(_ type: TypeID) -> WriteStatements { entry(type).write }
    func reads(_ type: TypeID) -> ReadStatements { entry(type).read }

    private func entry(_ type: TypeID) -> (table: ResourceTable, write: WriteStatements, read: ReadStatements) {
        guard let entry = byType[type] else { preconditionFailure("no tables for a type that is no resource") }
        return entry
    }
}
