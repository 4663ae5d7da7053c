package import FHIRDefinitions
import FHIRFormats
import PostgreSQL

extension FHIRStore {
    /// The current version (R4 http#read).
    ///
    /// Throws `StoreError` with `.gone` after a deletion and `.notFound` for an id never used.
    package func read(_ type: TypeID, id: String) async throws -> StoredVersion {
        try await translating {
            let result = try await query(tables.reads(type).read, Self.parameters(id))
            guard result.rowCount == 0 else { return StoredVersion(type: type, row: 0, of: result) }
            throw try await missing(type, id: id)
        }
    }

    /// One version (R4 http#vread); `.gone` for the version that records a deletion.
    package func vread(_ type: TypeID, id: String, version: Int) async throws -> StoredVersion {
        try await translating {
            var parameters = Self.parameters(id)
            parameters.append(int32: Int32(clamping: version))
            let result = try await query(tables.reads(type).vread, parameters)
            guard result.rowCount > 0 else {
                throw StoreError(.notFound, "\(definitions.name(of: type))/\(id) has no version \(version)")
            }
            let found = StoredVersion(type: type, row: 0, of: result)
            if found.content == nil {
                throw gone(found)
            }
            return found
        }
    }

    /// Tells why there is no current version.
    private func missing(_ type: TypeID, id: String) async throws -> StoreError {
        let result = try await query(tables.reads(type).lastVersion, Self.parameters(id))
        let name = definitions.name(of: type)
        guard result.rowCount > 0 else { return StoreError(.notFound, "\(name)/\(id) is not known") }
        let last = StoredVersion(type: type, row: 0, of: result)
        return gone(last)
    }

    private func gone(_ deletion: StoredVersion) -> StoreError {
        let stamp = deletion.stamp
        let name = definitions.name(of: deletion.type)
        var error = StoreError(.gone, "\(name)/\(stamp.id) was deleted with version \(stamp.version)")
        error.stamp = stamp
        return error
    }

    static func parameters(_ id: String) -> SQLParameters {
        var parameters = SQLParameters()
        parameters.append(text: id)
        return parameters
    }
}
