import FHIRDefinitions
import FHIRFormats
import PostgreSQL

/// Makes the new resource of a PATCH entry from the current version.
package typealias EntryPatching = @Sendable (BundleEntry, StoredVersion) async throws -> ResourceInput

/// For callers whose bundles hold no patches.
package enum EntryPatch {
    /// Throws `StoreError` (`.notSupported`).
    @Sendable package static func refuse(_ entry: BundleEntry, _: StoredVersion) async throws -> ResourceInput {
        throw StoreError(.notSupported, "patches are not taken here", expression: entry.expression("request.method"))
    }
}

/// Sends the writes of one transaction, many in one round trip.
struct EntryWriter: Sendable {
    let transaction: StoreTransaction
    /// The time of all writes.
    let now: Instant
    let patch: EntryPatching

    /// Greatest number of writes sent in one round trip, and of bytes in them: bounds what both sides buffer.
    private static let chunkSize = 200
    private static let chunkByteCount = 2 << 20

    private var store: FHIRStore { transaction.store }

    /// One write made ready.
    private struct Prepared: Sendable {
        var write: EntryWrite
        var resource: PreparedResource?
    }

    /// Executes the writes in order. The next ones are made ready while the database works on those before.
    /// - Parameter note: told what became of each; the resource is nil for deletions.
    func send(
        _ writes: [EntryWrite], links: LinkTable, note: (EntryWrite, WriteResult, PreparedResource?) -> Void
    ) async throws {
        var rest = writes[...]
        var chunk = try await prepare(&rest, links)
        while !chunk.isEmpty {
            let current = chunk
            async let results = apply(current)
            // Patches read rows on the same connection, behind the writes that are under way.
            do {
                chunk = try await prepare(&rest, links)
            } catch {
                // If the writes failed too, then before this, and perhaps as its cause.
                _ = try await results
                throw error
            }
            for (prepared, result) in zip(current, try await results) {
                note(prepared.write, result, prepared.resource)
            }
        }
    }

    private func apply(_ chunk: [Prepared]) async throws -> [WriteResult] {
        let commands = chunk.map { store.commands.command($0.write, $0.resource, at: now) }
        do {
            return try await transaction.apply(commands) { chunk[$0].write.entry.expression }
        } catch let error as StoreError where error.code == .preconditionFailed {
            let write = chunk.first { $0.write.entry.expression == error.expression }?.write
            guard let write, write.bringsNewID else { throw error }
            throw StoreError(
                .conflict,
                "\(store.definitions.name(of: write.type))/\(write.id) exists and does not match the criteria",
                expression: write.entry.expression("resource.id"), details: "already-exists")
        }
    }

    /// The first of `rest`, taken off it and made ready.
    private func prepare(_ rest: inout ArraySlice<EntryWrite>, _ links: LinkTable) async throws -> [Prepared] {
        var next = rest.prefix(Self.chunkSize)
        let current = try await currentVersions(next)
        var chunk: [Prepared] = []
        var byteCount = 0
        while byteCount < Self.chunkByteCount, var write = next.popFirst() {
            let resource: PreparedResource?
            if case .patch(let precondition) = write.kind {
                let version = current[write.entry.position]
                (write.kind, resource) = try await patched(write, version, precondition, links)
            } else {
                resource = try store.preparer.prepare(write, links: links)
            }
            byteCount += resource?.content.count ?? 0
            chunk.append(Prepared(write: write, resource: resource))
        }
        rest = rest.dropFirst(chunk.count)
        return chunk
    }

    // MARK: - Patches

    /// The versions that the patches among `writes` are made of, by position; they are locked already.
    private func currentVersions(_ writes: ArraySlice<EntryWrite>) async throws -> [Int: StoredVersion] {
        let patches = writes.filter { if case .patch = $0.kind { true } else { false } }
        return try await transaction.versions(of: patches.map { ($0.entry.position, $0.type, $0.id) })
    }

    private func patched(
        _ write: EntryWrite, _ version: StoredVersion?, _ precondition: WritePrecondition, _ links: LinkTable
    ) async throws -> (EntryWrite.Kind, PreparedResource) {
        guard let version else {
            throw StoreError(
                .notFound, "\(store.definitions.name(of: write.type))/\(write.id) does not exist",
                expression: write.entry.expression("request.url"))
        }
        let input = try await patch(write.entry, version)
        let resource = try store.preparer.prepare(input, id: write.id, links: links.forEntry(write.entry.fullURL))
        return (.patch(precondition), resource)
    }

    // MARK: - Locks

    /// Locks the rows of all writes that are there already, in one round trip and in the one order that all
    /// transactions keep.
    ///
    /// Throws `.stale` if a version that criteria were found to mean is not current any more.
    func lock(_ writes: [EntryWrite]) async throws {
        let byType = Dictionary(grouping: writes.filter(\.mayExist), by: \.type).sorted {
            $0.key.rawValue < $1.key.rawValue
        }
        let statements = byType.map { type, writes in
            var parameters = SQLParameters()
            parameters.append(textArray: writes.map(\.id))
            let text = """
                SELECT id, version FROM \(store.tables.table(type).current) t WHERE id = ANY ($1::text[])
                ORDER BY id FOR UPDATE
                """
            return (SQLStatement(text, isPrepared: false), parameters)
        }
        let results = try await transaction.session.queries(statements)
        for ((_, writes), result) in zip(byType, results) {
            guard writes.contains(where: { $0.matchedVersion != nil }) else { continue }
            var versions: [String: Int] = [:]
            for row in 0..<result.rowCount {
                versions[result.string(row, 0) ?? ""] = result.int64(row, 1).map(Int.init)
            }
            for case let write in writes where write.matchedVersion != nil && write.matchedVersion != versions[write.id]
            {
                throw StoreError(.stale, "the data changed in the meantime")
            }
        }
    }
}

extension StoreTransaction {
    /// The current versions of resources as this transaction sees them, by the key given with each; many in one round
    /// trip.
    func versions(of resources: [(key: Int, type: TypeID, id: String)]) async throws -> [Int: StoredVersion] {
        var found: [Int: StoredVersion] = [:]
        var rest = resources[...]
        while !rest.isEmpty {
            let chunk = rest.prefix(500)
            rest = rest.dropFirst(500)
            let results = try await session.queries(
                chunk.map { (store.tables.reads($0.type).read, FHIRStore.parameters($0.id)) })
            for (resource, result) in zip(chunk, results) where result.rowCount > 0 {
                found[resource.key] = StoredVersion(type: resource.type, row: 0, of: result)
            }
        }
        return found
    }
}

extension ResourcePreparer {
    /// The resource of a create or update, its links replaced; nil for patches and deletions.
    func prepare(_ write: EntryWrite, links: LinkTable) throws -> PreparedResource? {
        switch write.kind {
        case .patch, .delete: return nil
        case .create, .update: break
        }
        guard let resource = write.entry.resource else { return nil }
        return try prepare(resource, id: write.id, links: links.forEntry(write.entry.fullURL))
    }
}

extension WriteCommandBuilder {
    /// - Parameter resource: nil for deletions only.
    func command(_ write: EntryWrite, _ resource: PreparedResource?, at now: Instant) -> WriteCommand {
        guard let resource else {
            guard case .delete(let precondition) = write.kind else { preconditionFailure("a write without resource") }
            return delete(write.type, write.id, precondition, at: now)
        }
        return switch write.kind {
        case .create: create(resource, at: now)
        case .update(let precondition): update(resource, precondition, isNew: write.hasMadeID, at: now)
        case .patch(let precondition):
            update(resource, precondition.forExisting, method: .patch, at: now)
        case .delete(let precondition): delete(write.type, write.id, precondition, at: now)
        }
    }
}

extension WritePrecondition {
    /// The same for a write that creates nothing.
    fileprivate var forExisting: WritePrecondition {
        WritePrecondition(versions: versions, mustBeNew: mustBeNew, mayCreate: false)
    }
}
