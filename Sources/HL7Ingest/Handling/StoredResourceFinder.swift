import FHIRDefinitions
import FHIRFormats
import FHIRStore
import HL7Mapping
import HL7Syntax
import JSONTape
import PostgreSQL

/// Finds the stored resource that a statement is about, and locks it until the transaction ends.
struct StoredResourceFinder {
    let store: FHIRStore
    let service: SearchService
    let identities: IdentityTable
    private(set) var warnings: [Acknowledgement.Issue] = []

    enum Match {
        case none
        case one(StoredVersion)
        case several
    }

    init(store: FHIRStore, service: SearchService, identities: IdentityTable) {
        self.store = store
        self.service = service
        self.identities = identities
    }

    /// By the claims of earlier messages, then by the identifiers in stored content, then by the key's own id.
    mutating func find(_ resource: StatedResource, in transaction: StoreTransaction) async throws -> Match {
        guard let type = store.definitions.resourceType(named: resource.type) else {
            throw StoreError(.fault, "the mapping made a resource of unknown type")
        }
        var ids = Set(
            try await identities.targets(resource, in: transaction).map {
                String($0.dropFirst(resource.type.count + 1))
            })
        for id in try await stored(type, resource, in: transaction) { ids.insert(id) }
        if ids.isEmpty { ids.insert(resource.id) }
        var versions: [StoredVersion] = []
        for id in ids.sorted() {
            guard var version = try await transaction.lock(type, id: id) else { continue }
            // A merged patient answers by its survivor (F-34).
            if resource.type == "Patient", let survivor = try await survivor(of: version, type, in: transaction) {
                version = survivor
                warnings.append(
                    Acknowledgement.Issue(
                        .unknownKey, .warning, at: resource.location,
                        userMessage: "a merged patient; filed with the survivor"))
            }
            if !versions.contains(where: { $0.stamp.id == version.stamp.id }) { versions.append(version) }
        }
        guard let first = versions.first else { return .none }
        return versions.count == 1 ? .one(first) : .several
    }

    private func stored(
        _ type: TypeID, _ resource: StatedResource, in transaction: StoreTransaction
    ) async throws -> [String] {
        guard !resource.identifiers.isEmpty else { return [] }
        let values = resource.identifiers.map(\.searchText)
        let criteria = try ConditionalCriteria(
            type: type, pairs: [("identifier", values.joined(separator: ","))], indexer: service.indexer)
        // Three: two are too many already.
        let versions = try await service.versions(
            criteria, limit: 3, in: transaction.session, now: store.clock().microsecondsSince1970)
        return versions.map(\.stamp.id)
    }

    /// The patient that `version` was merged into; nil if it was not. Chains were collapsed by the merge, yet a few
    /// steps do no harm.
    private func survivor(
        of version: StoredVersion, _ type: TypeID, in transaction: StoreTransaction
    ) async throws -> StoredVersion? {
        var current = version
        for _ in 0..<8 {
            guard let id = current.successor, let next = try await transaction.lock(type, id: id) else { break }
            current = next
        }
        return current.stamp.id == version.stamp.id ? nil : current
    }
}
