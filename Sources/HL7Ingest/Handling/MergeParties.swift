import FHIRDefinitions
import FHIRFormats
import FHIRStore
import HL7Mapping
import HL7Syntax
import JSONTape

/// Finds the patients that a merge names, as they are and not as what they were merged into.
struct MergeParties {
    let stated: StatedMessageHandler

    enum Match {
        case none
        case one(StoredVersion)
        case several
    }

    /// The record that has one of the identifiers as its own; a copy that a merge left on a survivor (`use` old) counts
    /// only where no record has it otherwise.
    func find(_ resource: StatedResource, in transaction: StoreTransaction) async throws -> Match {
        let store = stated.store
        guard let type = store.definitions.resourceType(named: "Patient") else {
            throw StoreError(.fault, "there is no type Patient")
        }
        var ids = Set(
            try await stated.identities.targets(resource, in: transaction).map {
                String($0.dropFirst("Patient/".count))
            })
        let criteria = try ConditionalCriteria(
            type: type, pairs: [("identifier", resource.identifiers.map(\.searchText).joined(separator: ","))],
            indexer: stated.service.indexer)
        for version in try await stated.service.versions(
            criteria, limit: 16, in: transaction.session, now: store.clock().microsecondsSince1970)
        {
            ids.insert(version.stamp.id)
        }
        if ids.isEmpty { ids.insert(resource.id) }
        let wanted = Set(resource.identifiers)
        var own: [StoredVersion] = []
        var former: [StoredVersion] = []
        for version in try await transaction.lock(type, ids: ids.sorted()) {
            let identifiers = version.node?["identifier"]?.items ?? []
            let isOwn = identifiers.contains { identifier in
                identifier["use"]?.string != "old"
                    && wanted.contains(
                        FHIRIdentifier(
                            system: identifier["system"]?.string ?? "", value: identifier["value"]?.string ?? ""))
            }
            if isOwn { own.append(version) } else { former.append(version) }
        }
        let candidates = own.isEmpty ? former : own
        guard let first = candidates.first else { return .none }
        return candidates.count == 1 ? .one(first) : .several
    }
}
