import FHIRFormats
import FHIRDefinitions
import FHIRStore
import JSONTape

/// Calls of operations (R4 operations.html#executing).
extension Interactions {
    func operation(
        _ name: String, _ target: OperationCall.Target, _ request: InteractionRequest
    ) async throws -> InteractionAnswer {
        guard let operation = operations.operation(name, target.level, type: typeName(target)) else {
            throw RequestError(.unknownPath, "there is no such operation here")
        }
        switch request.method {
        case .post: break
        case .get where !operation.declaration.affectsState, .head where !operation.declaration.affectsState: break
        default:
            let allowed: [RequestMethod] = operation.declaration.affectsState ? [.post] : [.get, .head, .post]
            throw RequestError(
                .methodNotAllowed, "the operation does not take \(request.method.rawValue)", allow: allowed)
        }
        let call = OperationCall(
            target: target, parameters: try parameters(request), store: store, base: request.base,
            caller: request.caller, conditions: request.conditions)
        let shape = try shape(request, nil)
        let result = try await operation.run(call)
        // What is no FHIR, such as the answer of a GraphQL query, has no shape.
        let body = result.contentType == nil ? result.resource.map { shaped($0, shape) } : result.resource
        var answer = InteractionAnswer(
            result.status, body: body, version: result.stamp?.version, lastModified: result.stamp?.updated)
        answer.contentType = result.contentType
        answer.location = result.created.map { "\(request.base)/\($0)" }
        return answer
    }

    /// What the server itself made, in the shape asked for; of a Bundle the resources in it.
    func shaped(_ resource: [UInt8], _ shape: ResourceShape?) -> [UInt8] {
        guard let shape, let document = try? Document.parse(resource) else { return resource }
        var writer = JSONWriter(reservingByteCount: resource.count + 128)
        store.renderer.render(document, shape: shape, to: &writer)
        return writer.bytes
    }

    private func typeName(_ target: OperationCall.Target) -> String? {
        switch target {
        case .system: nil
        case .type(let type), .instance(let type, _): definitions.name(of: type)
        }
    }

    private func parameters(_ request: InteractionRequest) throws -> JSONNode {
        if case .json(let document, let index) = request.body {
            let node = JSONNode(document, index)
            guard node.isObject else { throw RequestError(.wrongResource, "a Parameters resource is expected") }
            return node
        }
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("resourceType", "Parameters")
        let items = request.query.removing(QueryItems.general).items
        if !items.isEmpty {
            writer.key("parameter")
            writer.beginArray()
            for item in items {
                writer.beginObject()
                writer.member("name", item.name)
                writer.member("valueString", item.value)
                writer.endObject()
            }
            writer.endArray()
        }
        writer.endObject()
        return JSONNode(try Document.parse(writer.bytes))
    }
}

extension OperationCall.Target {
    fileprivate var level: OperationDeclaration.Level {
        switch self {
        case .system: .system
        case .type: .type
        case .instance: .instance
        }
    }
}
