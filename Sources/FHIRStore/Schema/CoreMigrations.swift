package import FHIRDefinitions

/// The migrations of the store itself: tables for every resource type and for its search, and the server's secrets.
package enum CoreMigrations {
    /// - Parameter types: resource types to make tables for; all by default.
    package static func all(definitions: FHIRDefinitions, types: [TypeID]? = nil) -> [Migration] {
        let types = types ?? definitions.resourceTypes
        let hasTable = { (name: String) in types.contains { definitions.name(of: $0) == name } }
        return [
            Migration(version: 100, name: "resource tables", script: resourceTables(definitions, types)),
            BinaryParts.migration, LinkSigner.migration,
            SearchIndexMigration.make(hasParameters: hasTable("SearchParameter")),
            SearchIndexMigration.contained,
            ContainedTable.migration, FHIRStore.keptSearchMigration, CodeSystemTables.migration,
            ClosureTables.migration,
            PackageMigration.make(hasDefinitions: hasTable("StructureDefinition")),
        ] + MergeMigrations.all
            + RowAccessMigrations.all(types: types.map { ResourceTable(type: $0, definitions: definitions) })
            + [AuditMigration.make(hasEvents: hasTable("AuditEvent")), BulkReading.migration]
    }

    private static func resourceTables(_ definitions: FHIRDefinitions, _ types: [TypeID]) -> String {
        types
            .map { ResourceTable(type: $0, definitions: definitions).definition }
            .joined(separator: "\n")
    }
}
