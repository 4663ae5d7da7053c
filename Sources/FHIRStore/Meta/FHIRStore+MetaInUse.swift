package import FHIRDefinitions
import JSONTape
import PostgreSQL

/// What all resources of some types have in their meta (R4 resource-operation-meta.html).
extension FHIRStore {
    /// The profiles, security labels and tags in use, each once and sorted, as one Meta in JSON; nil if there are none.
    ///
    /// Reads every row of the types, in one statement. Throws `.tooLarge` where there are
    /// more than 10 000 different ones: resources are then labelled one by one, and a list helps nobody.
    package func metaInUse(_ types: [TypeID]) async throws -> [UInt8]? {
        let statement = SQLStatement(Self.metaText(types.map { tables.table($0) }), isPrepared: false)
        let result = try await translating {
            try await withSession { try await $0.query(statement) }
        }
        guard result.rowCount <= Self.greatestLabelCount else {
            throw StoreError(.tooLarge, "more than \(Self.greatestLabelCount) labels are in use")
        }
        guard result.rowCount > 0 else { return nil }
        var writer = JSONWriter()
        writer.beginObject()
        var open: String?
        for row in 0..<result.rowCount {
            let name = result.string(row, 0) ?? ""
            if name != open {
                if open != nil { writer.endArray() }
                writer.key(named: name)
                writer.beginArray()
                open = name
            }
            writer.raw(result.bytes(row, 1) ?? [])
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    private static let greatestLabelCount = 10_000

    /// Rows of element name and value; labels are the same if system and code are, so of each one display is taken.
    private static func metaText(_ tables: [ResourceTable]) -> String {
        let metas = tables.map { "SELECT content->'meta' AS meta FROM \($0.current) t WHERE content ? 'meta'" }
        return """
            WITH metas AS (\(metas.joined(separator: " UNION ALL "))),
            labels AS (
              SELECT 'profile' AS name, p AS value, p #>> '{}' AS key, NULL AS code
              FROM metas, jsonb_array_elements(meta->'profile') p
              UNION ALL
              SELECT 'security', s, s->>'system', s->>'code' FROM metas, jsonb_array_elements(meta->'security') s
              UNION ALL
              SELECT 'tag', t, t->>'system', t->>'code' FROM metas, jsonb_array_elements(meta->'tag') t)
            SELECT name, min(value::text) FROM labels
            GROUP BY name, key, code ORDER BY name, key NULLS FIRST, code NULLS FIRST LIMIT \(greatestLabelCount + 1)
            """
    }
}
