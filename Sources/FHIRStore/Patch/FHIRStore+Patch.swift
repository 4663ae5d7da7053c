package import FHIRDefinitions
import FHIRFormats
package import FHIRPatch
import JSONTape

/// What a patch did, with the resource as it left it.
package struct PatchResult: Sendable {
    package var result: WriteResult
    package var resource: ResourceInput
}

/// patch: read, change, check and write as one (R4 http.html#patch).
extension FHIRStore {
    /// The resource that `patch` makes of a version; throws `PatchError`.
    ///
    /// The patch sees what a client sees, with `meta.versionId` and `meta.lastUpdated`.
    package func patched(_ version: StoredVersion, by patch: ResourcePatch) throws -> ResourceInput {
        guard let content = version.content else { throw StoreError(.gone, "a deleted resource cannot be patched") }
        let shown = content.withUnsafeBufferPointer { renderer.render(content: $0, stamp: version.stamp) }
        let document = try patch.apply(to: JSONNode(try Document.parse(shown)))
        return ResourceInput(type: version.type, document: document)
    }

    /// Patches the current version.
    ///
    /// Read and write each share a lane with other requests, and the write names the version that was read. Under
    /// contention that would be in vain too often, so then the row is locked in a transaction instead.
    ///
    /// - Parameter check: throws if the outcome must not be stored; may be called several times.
    /// - Throws: `PatchError`, and `StoreError` with `.notFound`, `.gone`, or `.versionConflict` where the
    ///   precondition does not hold.
    package func patch(
        _ type: TypeID, id: String, by patch: ResourcePatch, _ precondition: WritePrecondition = .none,
        check: (ResourceInput) async throws -> Void
    ) async throws -> PatchResult {
        for _ in 0..<Self.optimisticAttempts {
            let version = try await read(type, id: id)
            try precondition.require(version, definitions.name(of: type))
            let resource = try patched(version, by: patch)
            try await check(resource)
            do {
                let expected = WritePrecondition(versions: [version.stamp.version])
                let result = try await update(resource, id: id, expected, method: .patch)
                return PatchResult(result: result, resource: resource)
            } catch let error as StoreError where error.code == .versionConflict {
                continue
            }
        }
        return try await transaction { transaction in
            guard let version = try await transaction.lock(type, id: id) else {
                // Says whether it is gone or was never there.
                _ = try await read(type, id: id)
                throw StoreError.changedSinceMatch
            }
            return try await transaction.patch(version, by: patch, precondition, check: check)
        }
    }

    /// Patches the one resource that matches; `.notFound` if none does, `.preconditionFailed` if several do
    /// (R4 http.html#patch).
    package func patch(
        matching criteria: ConditionalCriteria, by patch: ResourcePatch, _ precondition: WritePrecondition = .none,
        _ search: SearchService, check: (ResourceInput) async throws -> Void
    ) async throws -> PatchResult {
        try await transaction { transaction in
            switch try await transaction.match(criteria, search) {
            case .none:
                throw StoreError(.notFound, "no \(definitions.name(of: criteria.type)) matches the criteria")
            case .one(let version): try await transaction.patch(version, by: patch, precondition, check: check)
            case .several: throw StoreError.severalMatches
            }
        }
    }

    private static let optimisticAttempts = 2
}

extension StoreTransaction {
    /// Patches a version that this transaction has read; `.stale` if it is no longer the current one.
    package func patch(
        _ version: StoredVersion, by patch: ResourcePatch, _ precondition: WritePrecondition = .none,
        check: (ResourceInput) async throws -> Void
    ) async throws -> PatchResult {
        try precondition.require(version, store.definitions.name(of: version.type))
        let resource = try store.patched(version, by: patch)
        try await check(resource)
        let result = try await expecting(version) { expected in
            try await update(resource, id: version.stamp.id, expected, method: .patch)
        }
        return PatchResult(result: result, resource: resource)
    }
}
