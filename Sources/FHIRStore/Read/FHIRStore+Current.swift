import FHIRDefinitions
import FHIRFormats
package import FHIRSearch
import PostgreSQL

/// Reading several resources by their ids.
extension FHIRStore {
    /// The current versions of what is named, in the order named, in one round trip; what does not exist is left out.
    package func current(_ references: [SearchIndexer.LocalReference]) async throws -> [StoredVersion] {
        guard !references.isEmpty else { return [] }
        return try await translating {
            try await withSession { try await current(references, in: $0) }
        }
    }

    /// The same within a session.
    func current(_ references: [SearchIndexer.LocalReference], in session: Session) async throws -> [StoredVersion] {
        let known = references.filter { tables.contains($0.type) }
        let byType = Dictionary(grouping: known, by: \.type).sorted { $0.key < $1.key }
        guard !byType.isEmpty else { return [] }
        let results = try await session.queries(
            byType.map { type, references in
                var parameters = SQLParameters()
                parameters.append(textArray: references.map(\.id))
                return (tables.reads(type).readAll, parameters)
            })
        var found: [SearchIndexer.LocalReference: StoredVersion] = [:]
        for ((type, _), result) in zip(byType, results) {
            for row in 0..<result.rowCount {
                let version = StoredVersion(type: type, row: row, of: result)
                found[SearchIndexer.LocalReference(type: type, id: version.stamp.id)] = version
            }
        }
        return known.compactMap { found[$0] }
    }
}
