package import FHIRDefinitions
import FHIRSearch
import PostgreSQL

/// The tables and statements of every resource type, made once.
package final class TableCatalog: Sendable {
    private typealias Entry = (table: ResourceTable, write: WriteStatements, read: ReadStatements)

    private let byType: [TypeID: Entry]
    /// All resource types, sorted by name.
    package let types: [TypeID]
    /// What keeps writes within a caller's limits; nil where there are none.
    let guards: WriteGuards?

    /// - Parameters:
    ///   - types: those whose tables the database has; all, but for tests that need few.
    ///   - companion: what the writes of a type are given besides the resource.
    init(
        definitions: FHIRDefinitions, indexer: SearchIndexer, types: [TypeID],
        companion: (TypeID) -> WriteCompanion = { _ in .none }
    ) {
        var byType: [TypeID: Entry] = [:]
        let hasPatients = definitions.resourceType(named: "Patient").map { types.contains($0) } ?? false
        for type in types {
            let table = ResourceTable(type: type, definitions: definitions)
            let tenant = TenantSource(table, indexer, hasPatients: hasPatients)
            let write = WriteStatements(table: table, tenant: tenant, companion: companion(type))
            byType[type] = (table, write, ReadStatements(table: table))
        }
        self.byType = byType
        self.types = types
        guards = nil
    }

    /// The same tables as they are for callers with limits: in all SQL that is written from them, rows beyond these are
    /// not there.
    ///
    /// - Parameter limits: one for each type.
    init(_ catalog: TableCatalog, limits: [TypeID: RowLimit], guards: WriteGuards, isOfTenant: Bool) {
        byType = Dictionary(
            uniqueKeysWithValues: catalog.byType.map { type, entry in
                let all = entry.table
                let write =
                    isOfTenant
                    ? WriteStatements(table: all, tenant: .caller, companion: entry.write.companion) : entry.write
                guard let limit = limits[type] else { return (type, (all, write, entry.read)) }
                let table = all.limited(to: limit)
                return (type, (table, write, ReadStatements(table: table)))
            })
        types = catalog.types
        self.guards = guards
    }

    /// Whether rows are kept from the caller.
    var isLimited: Bool { guards != nil }

    /// Whether the database has tables for a type.
    package func contains(_ type: TypeID) -> Bool { byType[type] != nil }

    package func table(_ type: TypeID) -> ResourceTable { entry(type).table }
    func statements(_ type: TypeID) -> WriteStatements { entry(type).write }
    func reads(_ type: TypeID) -> ReadStatements { entry(type).read }

    private func entry(_ type: TypeID) -> Entry {
        guard let entry = byType[type] else { preconditionFailure("no tables for a type that is no resource") }
        return entry
    }
}
