import FHIRDefinitions
import FHIRFormats
import FHIRStore
import HTTPTypes
import JSONTape

/// Calls of operations (R4 operations.html#executing).
extension Interactions {
    func operation(
        _ name: String, _ target: OperationCall.Target, _ request: InteractionRequest
    ) async throws -> InteractionAnswer {
        guard let operation = operations.operation(name, target.level, type: typeName(target)) else {
            throw RequestError(.unknownOperation, "there is no operation of this name at this address")
        }
        let declaration = operation.declaration
        guard declaration.methods.contains(request.method) else {
            throw RequestError(
                .methodNotAllowed, "the operation does not take \(request.method.rawValue)", allow: declaration.methods)
        }
        try request.requireRights(to: operation, target, definitions)
        let call = try self.call(declaration, target, request)
        let shape = try shape(request, nil)
        let result = try await operation.run(call)
        // What is no FHIR, such as the answer of a GraphQL query, has no shape.
        let body = result.contentType == nil ? result.resource.map { shaped($0, shape) } : result.resource
        // What an operation has changed stays changed, so it is told whatever its size.
        if !declaration.affectsState, let body { try call.room.require(body.count) }
        var answer = InteractionAnswer(
            result.status, body: body, version: result.stamp?.version, lastModified: result.stamp?.updated)
        answer.contentType = result.contentType
        answer.shown = result.shown
        answer.location = result.created.map { "\(request.base)/\($0)" }
        // RFC 9110 §12.5.5
        if result.hasLanguage { answer.fields.append(HTTPField(name: .vary, value: "Accept-Language")) }
        return answer
    }

    /// What the server itself made, in the shape asked for; of a Bundle the resources in it.
    func shaped(_ resource: [UInt8], _ shape: ResourceShape?) -> [UInt8] {
        guard let shape, let document = try? Document.parse(resource) else { return resource }
        var writer = JSONWriter(reservingByteCount: resource.count + 128)
        store.renderer.render(document, shape: shape, to: &writer)
        return writer.bytes
    }

    private func call(
        _ declaration: OperationDeclaration, _ target: OperationCall.Target, _ request: InteractionRequest
    ) throws -> OperationCall {
        var body: JSONNode?
        if case .json(let document, let index) = request.body {
            let node = JSONNode(document, index)
            guard node.isObject else { throw RequestError(.wrongResource, "a Parameters resource is expected") }
            body = node
        }
        let query = request.query.removing(QueryItems.general).items
        let input: OperationInput
        switch declaration.reading {
        case .own: input = OperationInput()
        case .declared, .declaredAndSearch:
            input = try OperationInputReader(declaration: declaration, definitions: definitions, checker: checker)
                .read(query, body)
        }
        var call = OperationCall(
            target: target, input: input, parameters: try body ?? parameters(query, of: declaration), store: store,
            search: search, limits: limits, base: request.base, caller: request.caller, conditions: request.conditions)
        if case .raw(let content) = request.body { call.content = content }
        call.workflows = workflows
        call.checker = checker
        call.query = QueryItems(query)
        // In a bundle all entries share the room.
        if let contents = request.binaryContents { call.binaryContents = contents }
        if let room = request.room { call.room = room }
        return call
    }

    private func typeName(_ target: OperationCall.Target) -> String? {
        switch target {
        case .system: nil
        case .type(let type), .instance(let type, _), .version(let type, _, _): definitions.name(of: type)
        }
    }

    private static let numbers: Set<String> = ["integer", "positiveInt", "unsignedInt"]
    private static let times: Set<String> = ["date", "dateTime", "instant"]

    /// The query as a Parameters resource: of strings, but for what is declared as a number, time or truth value.
    private func parameters(_ items: [QueryItems.Item], of declaration: OperationDeclaration) throws -> JSONNode {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("resourceType", "Parameters")
        if !items.isEmpty {
            writer.key("parameter")
            writer.beginArray()
            for item in items {
                writer.beginObject()
                writer.member("name", item.name)
                let type = declaration.input(named: item.name)?.type ?? "string"
                if type == "boolean", item.value == "true" || item.value == "false" {
                    writer.key("valueBoolean")
                    writer.bool(item.value == "true")
                } else if Self.numbers.contains(type), let number = Int32(item.value) {
                    writer.key("valueInteger")
                    writer.number(Int(number))
                } else if Self.times.contains(type) {
                    writer.key(named: "value" + type.prefix(1).uppercased() + type.dropFirst())
                    // A plus sign that the client did not encode arrives as a blank.
                    writer.string(item.value.replacing(" ", with: "+"))
                } else {
                    writer.member("valueString", item.value)
                }
                writer.endObject()
            }
            writer.endArray()
        }
        writer.endObject()
        return JSONNode(try Document.parse(writer.bytes))
    }

    /// The OperationDefinitions of Martlet's own operations are part of the program: they can be read, not changed.
    func operationDefinition(_ request: InteractionRequest) throws -> InteractionAnswer? {
        guard case .instance(let type, let id) = request.route, type == operationDefinitionType,
            let declaration = operations.ownDefinition(id: id)
        else { return nil }
        guard request.method.isRead else {
            throw RequestError(
                .methodNotAllowed, "this definition is part of the server", allow: [.get, .head])
        }
        return InteractionAnswer(200, body: OperationDefinitionWriter.json(declaration, base: request.base))
    }
}

extension OperationCall.Target {
    fileprivate var level: OperationDeclaration.Level {
        switch self {
        case .system: .system
        case .type: .type
        case .instance: .instance
        case .version: .version
        }
    }
}
