package import FHIRDefinitions

/// The migrations of the store itself: tables for every resource type.
package enum CoreMigrations {
    package static func all(definitions: FHIRDefinitions) -> [Migration] {
        [
            Migration(version: 100, name: "resource tables", script: resourceTables(definitions))
        ]
    }

    private static func resourceTables(_ definitions: FHIRDefinitions) -> String {
        definitions.resourceTypes
            .map { ResourceTable(type: $0, definitions: definitions).definition }
            .joined(separator: "\n")
    }
}
