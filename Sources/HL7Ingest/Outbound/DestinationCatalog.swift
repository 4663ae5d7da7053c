import FHIRDefinitions
package import FHIRStore
import HL7Mapping
package import JSONTape
import PostgreSQL

/// The receivers of messages that somebody has described, in the database (`hl7_destination`).
package struct DestinationCatalog: Sendable {
    /// One of them, as stored.
    package struct Entry: Sendable {
        package let stored: StoredSettings
        /// Whether its messages wait.
        package let isPaused: Bool

        /// What the settings say; nil if another version of the server wrote them and this one cannot read them.
        var parsed: DestinationSettings? {
            stored.node.flatMap { try? DestinationSettings(name: stored.name, json: $0) }
        }
    }

    private let store: FHIRStore

    package init(store: FHIRStore) {
        self.store = store
    }

    /// All, by name.
    package func all() async throws -> [Entry] { try await entries(nil) }

    package func entry(_ name: String) async throws -> Entry? { try await entries(name).first }

    private func entries(_ name: String?) async throws -> [Entry] {
        Self.entries(try await StoredSettings.rows(Self.list, named: name, in: store))
    }

    static func entries(_ rows: QueryResult) -> [Entry] {
        (0..<rows.rowCount).map { row in
            Entry(stored: StoredSettings(rows, row), isPaused: rows.bool(row, StoredSettings.width) ?? false)
        }
    }

    /// Checks and stores the settings of a destination. Changes that are written from now on make messages for it.
    /// - Throws: `SourceSettingsError` for settings that cannot be.
    package func set(_ name: String, _ json: JSONNode) async throws -> Entry {
        _ = try DestinationSettings(name: name, json: json)
        var parameters = SQLParameters()
        parameters.append(text: name)
        parameters.append(jsonb: json.source)
        try await change(Self.put, parameters)
        return try await require(name)
    }

    /// Lets the messages of a destination wait, or go again.
    package func pause(_ name: String, _ isPaused: Bool) async throws -> Entry {
        _ = try await require(name)
        var parameters = SQLParameters()
        parameters.append(text: name)
        parameters.append(bool: isPaused)
        try await change(Self.hold, parameters)
        return try await require(name)
    }

    /// Forgets a destination; what waits for it stays in the log as discarded. Says whether there was one.
    package func remove(_ name: String) async throws -> Bool {
        guard try await entry(name) != nil else { return false }
        var parameters = SQLParameters()
        parameters.append(text: name)
        try await change(Self.delete, parameters)
        return true
    }

    private func require(_ name: String) async throws -> Entry {
        guard let entry = try await entry(name) else {
            throw StoreError(.notFound, "there is no destination of this name")
        }
        return entry
    }

    /// Changes the list, and with it which tables note their changes.
    private func change(_ statement: SQLStatement, _ parameters: SQLParameters) async throws {
        try await store.transaction { transaction in
            let session = transaction.session
            // Whoever changes the list waits for whoever does so now.
            try await session.execute("LOCK TABLE hl7_destination IN SHARE ROW EXCLUSIVE MODE")
            _ = try await session.query(statement, parameters)
            let entries = Self.entries(try await session.query(Self.list, Self.nothing))
            let wanted = entries.compactMap(\.parsed).reduce(into: Set<String>()) { $0.formUnion($1.messages) }
            try await arrange(OutboundMaps.types(for: wanted), in: session)
        }
    }

    /// Puts the triggers on the tables of these types, and takes them from others. A table that keeps its trigger is
    /// not touched: creating one waits for writers.
    private func arrange(_ types: Set<String>, in session: Session) async throws {
        let rows = try await session.query(Self.triggers, SQLParameters())
        let present = Set((0..<rows.rowCount).compactMap { rows.string($0, 0) })
        for name in Set(OutboundMaps.all.map { $0.resourceType }).sorted() {
            guard let type = store.definitions.resourceType(named: name), store.tables.types.contains(type) else {
                continue
            }
            // Names of tables and types come from the definitions.
            let table = store.tables.table(type)
            switch (types.contains(name), present.contains(table.name)) {
            case (true, false):
                let changes = OutboundMaps.tellsOfNew(name) ? "INSERT OR UPDATE" : "UPDATE"
                try await session.execute(
                    """
                    CREATE TRIGGER hl7_outbox AFTER \(changes) ON \(table.current)
                      FOR EACH ROW EXECUTE FUNCTION hl7_note_change('\(name)')
                    """)
            case (false, true): try await session.execute("DROP TRIGGER hl7_outbox ON \(table.current)")
            default: break
            }
        }
        let isNoted = present.contains("hl7_message")
        if !types.isEmpty, !isNoted {
            try await session.execute(
                """
                CREATE TRIGGER hl7_outbox AFTER INSERT OR UPDATE OF resources ON hl7_message
                  FOR EACH ROW WHEN (NEW.resources <> '{}') EXECUTE FUNCTION hl7_note_origin()
                """)
        } else if types.isEmpty, isNoted {
            try await session.execute("DROP TRIGGER hl7_outbox ON hl7_message")
        }
    }

    private static var nothing: SQLParameters {
        var parameters = SQLParameters()
        parameters.append(text: nil)
        return parameters
    }

    static let list = SQLStatement(
        """
        SELECT \(StoredSettings.columns), is_paused
        FROM hl7_destination WHERE name = coalesce($1::text, name) ORDER BY name
        """)
    private static let put = SQLStatement(
        """
        INSERT INTO hl7_destination AS d (name, settings) VALUES ($1::text, $2::jsonb)
        ON CONFLICT (name) DO UPDATE SET settings = excluded.settings, version = d.version + 1, updated = now()
        """)
    private static let hold = SQLStatement(
        """
        UPDATE hl7_destination SET is_paused = $2::bool, version = version + 1, updated = now() WHERE name = $1::text
        """)
    private static let delete = SQLStatement(
        """
        WITH waiting AS (
          UPDATE hl7_delivery SET state = 'discarded', changed = now(), reason = 'the destination was removed'
          WHERE destination = $1::text AND state = 'waiting')
        DELETE FROM hl7_destination WHERE name = $1::text
        """)
    private static let triggers = SQLStatement(
        """
        SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE t.tgname = 'hl7_outbox' AND pg_table_is_visible(c.oid)
        """)
}
