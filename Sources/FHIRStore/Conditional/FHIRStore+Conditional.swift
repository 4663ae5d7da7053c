import FHIRDefinitions
import FHIRFormats

/// What a conditional create came to (R4 http.html#ccreate).
package enum ConditionalCreation: Sendable {
    case created(WriteResult)
    /// There was exactly one match, and nothing was written.
    case found(StoredVersion)
}

/// Conditional interactions, each one transaction: locks and search in its first round trip, the write in its second.
///
/// A match may be written by others, outside of the criteria's lock, before this transaction writes it. So the write
/// names the version that was found, and if that is no longer the current one all of it runs again.
extension FHIRStore {
    /// Creates the resource unless one matches; `.preconditionFailed` if several do (R4 http.html#ccreate).
    package func create(
        _ input: ResourceInput, unless criteria: ConditionalCriteria, _ search: SearchService
    ) async throws -> ConditionalCreation {
        try await transaction { transaction in
            switch try await transaction.match(criteria, search) {
            case .none: .created(try await transaction.create(input))
            case .one(let version): .found(version)
            case .several: throw StoreError.severalMatches
            }
        }
    }

    /// Updates the one that matches, or creates if none does (R4 http.html#cond-update).
    ///
    /// - Parameter id: as the resource has it, if it has one.
    /// - Throws: `StoreError` with `.preconditionFailed` for several matches or a precondition that does not hold,
    ///   `.invalidRequest` if the match has another id, `.conflict` if none matches but the id is taken: what is there
    ///   is then not what the criteria mean.
    package func update(
        _ input: ResourceInput, id: String?, matching criteria: ConditionalCriteria,
        _ precondition: WritePrecondition = .none, _ search: SearchService
    ) async throws -> WriteResult {
        if let id, !ResourceID.isValid(id) { throw StoreError.invalidID }
        let typeName = definitions.name(of: criteria.type)
        return try await transaction { transaction in
            switch try await transaction.match(criteria, search) {
            case .none:
                guard precondition.mayCreate else { throw StoreError.noMatch(typeName) }
                guard let id else { return try await transaction.create(input) }
                do {
                    return try await transaction.update(input, id: id, WritePrecondition(mustBeNew: true))
                } catch let error as StoreError where error.code == .preconditionFailed {
                    throw StoreError(
                        .conflict, "\(typeName)/\(id) exists and does not match the criteria",
                        expression: "Resource.id", details: "already-exists")
                }
            case .one(let found):
                if let id, id != found.stamp.id {
                    throw StoreError(
                        .invalidRequest, "the criteria match another \(typeName) than the one with the resource's id",
                        expression: "Resource.id", details: "wrong-id")
                }
                try precondition.require(found, typeName)
                return try await transaction.expecting(found) { precondition in
                    try await transaction.update(input, id: found.stamp.id, precondition)
                }
            case .several: throw StoreError.severalMatches
            }
        }
    }

    /// Deletes what matches (R4 http.html#cond-delete); none is no error.
    ///
    /// - Parameter limit: most resources that may be deleted; `.preconditionFailed` if 1 and several match,
    ///   `.tooLarge` if more match than a higher limit allows. Nothing is deleted then.
    package func delete(
        matching criteria: ConditionalCriteria, limit: Int, _ precondition: WritePrecondition = .none,
        _ search: SearchService
    ) async throws -> [WriteResult] {
        let typeName = definitions.name(of: criteria.type)
        return try await transaction { transaction in
            let found = try await transaction.matches(criteria, limit: limit + 1, search)
            if found.isEmpty, precondition.versions != nil { throw StoreError.noMatch(typeName) }
            guard found.count <= limit else {
                if limit == 1 { throw StoreError.severalMatches }
                throw StoreError(
                    .tooLarge, "more than \(limit) resources match, which is more than one request may delete",
                    details: "too-many-matches")
            }
            for version in found { try precondition.require(version, typeName) }
            var results: [WriteResult] = []
            var start = 0
            while start < found.count {
                let chunk = found[start..<min(start + Self.deletionChunkSize, found.count)]
                let deletions = chunk.map { version in
                    commands.delete(
                        criteria.type, version.stamp.id, WritePrecondition(versions: [version.stamp.version]), at: now()
                    )
                }
                results += try await StoreTransaction.expectingVersions { try await transaction.apply(deletions) }
                start += chunk.count
            }
            guard results.allSatisfy({ $0.effect == .deleted }) else { throw StoreError.changedSinceMatch }
            return results
        }
    }

    /// Writes sent in one round trip: bounds what both sides buffer.
    private static let deletionChunkSize = 200
}

extension StoreTransaction {
    /// Says how many resources meet the criteria, which nobody else writes by until the transaction ends.
    package func match(_ criteria: ConditionalCriteria, _ search: SearchService) async throws -> ConditionalMatch {
        let now = store.clock().microsecondsSince1970
        return try await search.matches([criteria], in: session, now: now)[0]
    }

    /// At most `limit` of the resources that meet the criteria, without their content.
    func matches(
        _ criteria: ConditionalCriteria, limit: Int, _ search: SearchService
    ) async throws -> [StoredVersion] {
        let now = store.clock().microsecondsSince1970
        return try await search.versions(criteria, limit: limit, in: session, now: now)
    }

    /// Runs a write of what was matched, under the condition that it is still as it was found.
    func expecting(
        _ version: StoredVersion, _ body: (WritePrecondition) async throws -> WriteResult
    ) async throws -> WriteResult {
        try await Self.expectingVersions { try await body(WritePrecondition(versions: [version.stamp.version])) }
    }

    /// A version that is no longer the current one means that all of the transaction is tried afresh.
    static func expectingVersions<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch let error as StoreError where error.code == .versionConflict {
            throw StoreError.changedSinceMatch
        }
    }
}

extension WritePrecondition {
    /// Throws if the precondition does not hold of what is there.
    package func require(_ version: StoredVersion, _ typeName: String) throws {
        if mustBeNew {
            throw StoreError(
                .preconditionFailed, "\(typeName)/\(version.stamp.id) already exists", details: "already-exists")
        }
        guard let versions, !versions.contains(version.stamp.version) else { return }
        throw StoreError.otherVersion(typeName, version.stamp.id, version.stamp.version)
    }
}

extension StoreError {
    /// R4 http.html#cond-update: the criteria are not selective enough.
    package static let severalMatches = StoreError(
        .preconditionFailed, "the criteria match several resources", details: "several-matches")

    static let changedSinceMatch = StoreError(.stale, "the match was changed in the meantime")

    static func noMatch(_ typeName: String) -> StoreError {
        StoreError(
            .versionConflict, "no \(typeName) matches the criteria, so no version matches If-Match",
            details: "version-conflict")
    }
}
