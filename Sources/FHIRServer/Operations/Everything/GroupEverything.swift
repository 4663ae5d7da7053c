import FHIRDefinitions
import FHIRSearch
import FHIRStore
import JSONTape

/// `Group/[id]/$everything` (R4 operation-group-everything.html): the patients of a group as one result, without those
/// whose membership has ended. Groups in the group count with their patients.
struct GroupEverything: ResourceOperation {
    let declaration = OperationDeclaration(
        "everything", levels: [.instance], types: ["Group"], affectsState: false,
        definition: "http://hl7.org/fhir/OperationDefinition/Group-everything",
        documentation: "The group's patients, their compartments and what these refer to, in pages.",
        parameters: EverythingCall.careParameters + EverythingCall.parameters, reading: .declared)

    /// How deep groups may hold each other.
    private static let greatestDepth = 8

    func run(_ call: OperationCall) async throws -> OperationAnswer {
        guard case .instance(let type, let id) = call.target, ResourceID.isValid(id) else {
            throw StoreError(.notFound, "there is no such id")
        }
        var patients: [String] = []
        var seen: Set<SearchIndexer.LocalReference> = [SearchIndexer.LocalReference(type: type, id: id)]
        var level = [try await call.store.read(type, id: id)]
        for _ in 0..<Self.greatestDepth where !level.isEmpty {
            var groups: [SearchIndexer.LocalReference] = []
            for group in level {
                for member in try members(of: group, call) where seen.insert(member).inserted {
                    if member.type == type { groups.append(member) }
                    if call.definitions.name(of: member.type) == "Patient" { patients.append(member.id) }
                }
            }
            level = try await call.store.current(groups)
        }
        return try await EverythingCall(call: call).answer(.patients(patients))
    }

    private func members(of group: StoredVersion, _ call: OperationCall) throws -> [SearchIndexer.LocalReference] {
        let document = try Document.parse(group.content ?? [])
        return (JSONNode(document)["member"]?.items ?? []).compactMap { member in
            guard member["inactive"]?.bool != true else { return nil }
            return member["entity"]?["reference"]?.string.flatMap { call.search.indexer.localReference($0) }
        }
    }
}
