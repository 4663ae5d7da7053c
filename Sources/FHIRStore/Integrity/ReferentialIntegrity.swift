package import FHIRDefinitions
import FHIRSearch
import PostgreSQL
import Synchronization

/// What the store demands of references (R4 http.html#delete leaves it to the server).
package enum ReferentialIntegrity: String, Sendable, CaseIterable {
    /// Nothing: references may lead nowhere.
    case none
    /// A resource is deleted only where no current resource refers to it.
    ///
    /// References count that a reference search parameter of R4 reads, in whatever form they were written (relative,
    /// absolute under an own base, with version). A delete looks after its own transaction's writes are done, so what
    /// the same bundle deletes or changes does not stand in its way.
    ///
    /// The guarantee: every referrer whose write was acknowledged before the delete was sent makes it fail. A
    /// referrer that is written at the same time may be as if written after the delete, because writes do not ask
    /// whether their targets exist; locks between the two would only choose the order.
    case delete
}

/// Deletions of one transaction that are still to be checked.
final class PendingDeletions: Sendable {
    struct Deletion: Sendable {
        var type: TypeID
        var id: String
        /// Where the client asked for it, in a bundle.
        var expression: String?
    }

    private let deletions = Mutex<[Deletion]>([])

    func note(_ deletion: Deletion) { deletions.withLock { $0.append(deletion) } }

    var all: [Deletion] { deletions.withLock { $0 } }
}

extension StoreTransaction {
    /// Throws `StoreError` (`.conflict`) if something still refers to what this transaction deleted: one statement
    /// per type of what was deleted.
    func requireNoReferrers() async throws {
        guard let deletions = deletions?.all, !deletions.isEmpty else { return }
        for (type, group) in Dictionary(grouping: deletions, by: \.type).sorted(by: { $0.key < $1.key }) {
            guard let statement = store.referrers.statement(to: type) else { continue }
            let typeName = store.definitions.name(of: type)
            let hashes = group.map { Int64(bitPattern: SearchIndexer.selfKey(typeName: typeName, id: $0.id)) }
            var parameters = SQLParameters()
            parameters.append(int64Array: hashes)
            let found = try await session.query(statement, parameters)
            guard found.rowCount > 0 else { continue }
            let deletion = zip(group, hashes).first { $0.1 == found.int64(0, 2) }?.0 ?? group[0]
            // Which one it is may be beyond the caller's reach.
            let referrer =
                store.isLimited
                ? "another resource" : "\(found.string(0, 0) ?? "")/\(found.string(0, 1) ?? "")"
            throw StoreError(
                .conflict, "\(referrer) refers to \(typeName)/\(deletion.id)",
                expression: deletion.expression, details: "still-referenced")
        }
    }
}

extension FHIRStore {
    /// `Type/id` of a resource that refers to this one, no name of it for callers with limits; nil if none does.
    /// Deletions that are under way do not count.
    package func referrer(of type: TypeID, id: String) async throws -> String? {
        guard let statement = referrers.statement(to: type) else { return nil }
        let hash = SearchIndexer.selfKey(typeName: definitions.name(of: type), id: id)
        var parameters = SQLParameters()
        parameters.append(int64Array: [Int64(bitPattern: hash)])
        let found = try await translating { try await query(statement, parameters) }
        guard found.rowCount > 0 else { return nil }
        return isLimited ? "another resource" : "\(found.string(0, 0) ?? "")/\(found.string(0, 1) ?? "")"
    }
}
