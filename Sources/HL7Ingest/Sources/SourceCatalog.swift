package import FHIRStore
package import JSONTape
import PostgreSQL

/// The sources that somebody has described, in the database (`hl7_source`).
package struct SourceCatalog: Sendable {
    private let store: FHIRStore

    package init(store: FHIRStore) {
        self.store = store
    }

    /// All, by name.
    package func all() async throws -> [StoredSettings] { try await entries(nil) }

    package func entry(_ name: String) async throws -> StoredSettings? { try await entries(name).first }

    private func entries(_ name: String?) async throws -> [StoredSettings] {
        let rows = try await StoredSettings.rows(Self.list, named: name, in: store)
        return (0..<rows.rowCount).map { StoredSettings(rows, $0) }
    }

    /// Checks and stores the settings of a source; servers notice within a second.
    /// - Throws: `SourceSettingsError` for settings that cannot be.
    package func set(_ name: String, _ json: JSONNode) async throws -> StoredSettings {
        _ = try SourceSettings(name: name, json: json)
        var parameters = SQLParameters()
        parameters.append(text: name)
        parameters.append(jsonb: json.source)
        try await write(Self.put, parameters)
        guard let entry = try await entry(name) else {
            throw StoreError(.conflict, "the source was removed at the same time", details: "concurrent-change")
        }
        return entry
    }

    /// Forgets the settings; messages of the source get the defaults again. Says whether there were any.
    package func remove(_ name: String) async throws -> Bool {
        guard try await entry(name) != nil else { return false }
        var parameters = SQLParameters()
        parameters.append(text: name)
        try await write(Self.delete, parameters)
        return true
    }

    private func write(_ statement: SQLStatement, _ parameters: SQLParameters) async throws {
        var job = StoreJob()
        job.statements = [(statement, parameters)]
        _ = try await store.run(job)
    }

    private static let list = SQLStatement(
        """
        SELECT \(StoredSettings.columns) FROM hl7_source
        WHERE name = coalesce($1::text, name) ORDER BY name
        """)
    private static let put = SQLStatement(
        """
        INSERT INTO hl7_source AS s (name, settings) VALUES ($1::text, $2::jsonb)
        ON CONFLICT (name) DO UPDATE SET settings = excluded.settings, version = s.version + 1, updated = now()
        """)
    private static let delete = SQLStatement("DELETE FROM hl7_source WHERE name = $1::text")
}
