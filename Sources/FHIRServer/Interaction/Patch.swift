import FHIRDefinitions
import FHIRPatch
import FHIRStore

/// patch, by id and by criteria (R4 http.html#patch).
extension Interactions {
    func patch(_ type: TypeID, id: String, _ request: InteractionRequest) async throws -> InteractionAnswer {
        guard ResourceID.isValid(id) else {
            throw StoreError(.notFound, "\(definitions.name(of: type)) has no such id")
        }
        let shape = try shape(request, type)
        let patched = try await store.patch(
            type, id: id, by: try patch(in: request), try patchPrecondition(request), check: check)
        return answer(patched.result, patched.resource, shape, request)
    }

    func conditionalPatch(_ type: TypeID, _ request: InteractionRequest) async throws -> InteractionAnswer {
        let shape = try shape(request, type)
        let patched = try await store.patch(
            matching: try criteria(type, request), by: try patch(in: request), try patchPrecondition(request), search,
            check: check)
        return answer(patched.result, patched.resource, shape, request)
    }

    private func patch(in request: InteractionRequest) throws -> ResourcePatch {
        guard let format = request.patchFormat else {
            return try ResourcePatch(bundleResource: try request.requireBody(), definitions: definitions)
        }
        return try ResourcePatch(try request.requireBody(), format: format, definitions: definitions)
    }

    private func patchPrecondition(_ request: InteractionRequest) throws -> WritePrecondition {
        try WritePrecondition(ifMatch: request.conditions.ifMatch, ifNoneMatch: nil)
    }
}
