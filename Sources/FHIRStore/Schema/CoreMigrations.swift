package import FHIRDefinitions

/// The migrations of the store itself: tables for every resource type, and the server's secrets.
package enum CoreMigrations {
    /// - Parameter types: resource types to make tables for; all by default.
    package static func all(definitions: FHIRDefinitions, types: [TypeID]? = nil) -> [Migration] {
        let script = resourceTables(definitions, types ?? definitions.resourceTypes)
        return [
            Migration(version: 100, name: "resource tables", script: script), BinaryParts.migration,
            LinkSigner.migration, CodeSystemTables.migration,
        ]
    }

    private static func resourceTables(_ definitions: FHIRDefinitions, _ types: [TypeID]) -> String {
        types
            .map { ResourceTable(type: $0, definitions: definitions).definition }
            .joined(separator: "\n")
    }
}
