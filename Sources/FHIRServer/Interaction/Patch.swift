import FHIRDefinitions
import FHIRFormats
import FHIRPatch
import FHIRPath
import FHIRStore
import JSONTape

/// patch, by id and by criteria (R4 http.html#patch).
extension Interactions {
    func patch(_ type: TypeID, id: String, _ request: InteractionRequest) async throws -> InteractionAnswer {
        guard ResourceID.isValid(id) else {
            throw StoreError(.notFound, "\(definitions.name(of: type)) has no such id")
        }
        let shape = try shape(request, type)
        let patched = try await store.patch(
            type, id: id, by: try patch(in: request), try patchPrecondition(request), check: check)
        return try await patchAnswer(patched.result, patched.resource, shape, request)
    }

    func conditionalPatch(_ type: TypeID, _ request: InteractionRequest) async throws -> InteractionAnswer {
        let shape = try shape(request, type)
        let patched = try await store.patch(
            matching: try criteria(type, request), by: try patch(in: request), try patchPrecondition(request), search,
            check: check)
        return try await patchAnswer(patched.result, patched.resource, shape, request)
    }

    /// A patched Binary is shown as it is read, with the content that it has in parts.
    private func patchAnswer(
        _ result: WriteResult, _ resource: ResourceInput, _ shape: ResourceShape?, _ request: InteractionRequest
    ) async throws -> InteractionAnswer {
        guard resource.type == binaryType else {
            return answer(result, resource, shape, request)
        }
        let stored = try await store.vread(resource.type, id: result.stamp.id, version: result.stamp.version)
        let whole = try await complete(stored, request)
        return writeAnswer(result, resource.type, request) { render(whole, shape: shape) }
    }

    private func patch(in request: InteractionRequest) throws -> ResourcePatch {
        guard let format = request.patchFormat else {
            return try bundledPatch(try request.requireBody())
        }
        return try ResourcePatch(
            try request.requireBody(), format: format, engine: paths, environment: pathEnvironment)
    }

    /// The patch that an entry of a bundle brings.
    func bundledPatch(_ resource: JSONNode) throws -> ResourcePatch {
        try ResourcePatch(bundleResource: resource, engine: paths, environment: pathEnvironment)
    }

    private var pathEnvironment: Environment {
        var environment = Environment()
        environment.now = Temporal(
            millisecondsSince1970: Int(store.clock().microsecondsSince1970 / 1000), offsetMinutes: 0)
        return environment
    }

    private func patchPrecondition(_ request: InteractionRequest) throws -> WritePrecondition {
        try WritePrecondition(ifMatch: request.conditions.ifMatch, ifNoneMatch: nil)
    }
}
