import FHIRDefinitions
import FHIRFormats
import FHIRPatch
import FHIRStore
import JSONTape

/// `Type/[id]/$diff`: what one version of a resource has changed of another, as a JSON Patch.
struct VersionDifference: ResourceOperation {
    let declaration = OperationDeclaration(
        "diff", levels: [.instance], types: [], affectsState: false,
        documentation: """
            The JSON Patch (RFC 6902) that makes one version of the resource of another one. meta.versionId and \
            meta.lastUpdated, which differ always, have no part in it.
            """,
        parameters: [
            .init(.input, "from", 0, 1, "integer", "The version to begin with. Default: the one before `to`."),
            .init(.input, "to", 0, 1, "integer", "The version to end with. Default: the present one."),
            .init(.output, "return", 1, 1, "string", "The patch; it comes as application/json-patch+json."),
        ], reading: .declared)

    func run(_ call: OperationCall) async throws -> OperationAnswer {
        guard case .instance(let type, let id) = call.target else {
            throw RequestError(.unknownOperation, "the operation is called on a resource")
        }
        guard ResourceID.isValid(id) else {
            throw StoreError(.notFound, "\(call.definitions.name(of: type)) has no such id")
        }
        for name in ["from", "to"] {
            if let version = call.input.integer(name), version < 1 {
                throw call.input.error("versions are numbered from 1", at: name)
            }
        }
        let last: StoredVersion
        if let to = call.input.integer("to") {
            last = try await call.store.vread(type, id: id, version: to)
        } else {
            last = try await call.store.read(type, id: id)
        }
        let from = call.input.integer("from") ?? last.stamp.version - 1
        guard from >= 1 else { throw call.input.error("there is no version before the first", at: "to") }
        let first = try await call.store.vread(type, id: id, version: from)
        guard let old = first.content, let new = last.content else {
            throw StoreError(.gone, "a deletion has no content")
        }
        let patch = JSONDifference.patch(from: JSONNode(try Document.parse(old)), to: JSONNode(try Document.parse(new)))
        var answer = OperationAnswer(resource: patch)
        answer.contentType = "application/json-patch+json"
        return answer
    }
}
