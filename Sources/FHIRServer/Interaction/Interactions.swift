import FHIRDefinitions
import FHIRFormats
import FHIRPath
package import FHIRStore
import JSONTape

/// The FHIR interactions over one store: the same for HTTP requests and for entries of a batch.
package struct Interactions: Sendable {
    package internal(set) var store: FHIRStore
    package let checker: any ResourceChecking
    package let operations: OperationRegistry
    package internal(set) var search: SearchService
    /// What operations of workflows work with: the same, or what `AccessRights.operationLimit` shows of it.
    var workflows: (store: FHIRStore, search: SearchService)
    package let limits: ServerLimits
    /// What a conditional delete does with several matches, as the CapabilityStatement declares it.
    package let conditionalDelete: ConditionalDelete
    let capabilities: CapabilityStatement
    /// Whether access control asks for a bearer token, which the CapabilityStatement tells.
    var demandsToken = false
    /// Whether the server gives out tokens itself, by SMART App Launch.
    var issuesTokens = false
    let routes: RouteParser
    /// For the paths of patches.
    let paths: FHIRPathEngine
    /// The type whose content may come and go as it is.
    let binaryType: TypeID?
    /// The type of what is on record.
    let auditEventType: TypeID?
    /// OperationDefinition, some of whose resources are the server's own.
    let operationDefinitionType: TypeID?
    /// The type whose resources change what can be searched for.
    let searchParameterType: TypeID?

    package init(
        store: FHIRStore, checker: any ResourceChecking, operations: OperationRegistry, search: SearchService,
        limits: ServerLimits, conditionalDelete: ConditionalDelete = .single
    ) {
        self.store = store
        self.checker = checker
        self.operations = operations
        self.search = search
        workflows = (store, search)
        self.limits = limits
        self.conditionalDelete = conditionalDelete
        capabilities = CapabilityStatement(
            definitions: store.definitions, operations: operations, indexer: search.indexer,
            conditionalDelete: conditionalDelete, integrity: store.integrity, started: store.clock())
        routes = RouteParser(definitions: store.definitions)
        paths = FHIRPathEngine(definitions: store.definitions)
        binaryType = store.definitions.resourceType(named: "Binary")
        auditEventType = store.definitions.resourceType(named: "AuditEvent")
        operationDefinitionType = store.definitions.resourceType(named: "OperationDefinition")
        searchParameterType = store.definitions.resourceType(named: "SearchParameter")
    }

    var definitions: FHIRDefinitions { store.definitions }

    /// Runs the interaction as far as its caller's rights reach; throws what ``Failure`` maps.
    package func answer(_ request: InteractionRequest) async throws -> InteractionAnswer {
        try await audited(request) { request in
            try request.requireRights()
            return try await limited(to: request.caller.rights).run(request)
        }
    }

    private func run(_ request: InteractionRequest) async throws -> InteractionAnswer {
        let answer: InteractionAnswer
        do {
            answer = try await perform(request)
        } catch {
            guard try await knowsMore(after: error, request) else { throw error }
            answer = try await perform(request)
        }
        await settleParameters(behind: request)
        return answer
    }

    private func perform(_ request: InteractionRequest) async throws -> InteractionAnswer {
        try requireNoRecordChange(request)
        if let wish = request.binary, let answer = try await binary(request, wish) { return answer }
        if let definition = try operationDefinition(request) { return definition }
        switch (request.route, request.method) {
        case (.instance(let type, let id), .get), (.instance(let type, let id), .head):
            return try await read(type, id: id, request)
        case (.instance(let type, let id), .put):
            return try await update(type, id: id, request)
        case (.instance(let type, let id), .delete):
            return try await delete(type, id: id, request)
        case (.instance(let type, let id), .patch):
            return try await patch(type, id: id, request)
        case (.version(let type, let id, let version), .get), (.version(let type, let id, let version), .head):
            return try await vread(type, id: id, version: version, request)
        case (.type(let type), .post):
            return try await create(type, request)
        case (.type(let type), .get), (.type(let type), .head), (.typeSearch(let type), .post):
            return try await search(type, request)
        case (.system, .get), (.system, .head), (.systemSearch, .post):
            return try await search(nil, request)
        case (.type(let type), .put):
            return try await conditionalUpdate(type, request)
        case (.type(let type), .patch):
            return try await conditionalPatch(type, request)
        case (.type(let type), .delete):
            return try await conditionalDelete(type, request)
        case (.system, .post):
            return try await bundle(request)
        // OPTIONS of the base asks what the server can do (RFC 9110 §9.3.7), which is what /metadata tells.
        case (.capabilities, .get), (.capabilities, .head), (.capabilities, .options), (.system, .options):
            if request.query.first("mode") == "terminology" { return try await terminologyCapabilities(request) }
            return try capabilities(request)
        case (.instanceHistory(let type, let id), .get), (.instanceHistory(let type, let id), .head):
            return try await history(.instance(type, id: id), request)
        case (.typeHistory(let type), .get), (.typeHistory(let type), .head):
            return try await history(.type(type), request)
        case (.systemHistory, .get), (.systemHistory, .head):
            return try await history(.system(nil), request)
        case (.systemOperation(let name), _):
            return try await operation(name, .system, request)
        case (.typeOperation(let type, let name), _):
            return try await operation(name, .type(type), request)
        case (.instanceOperation(let type, let id, let name), _):
            return try await operation(name, .instance(type, id: id), request)
        case (.versionOperation(let type, let id, let version, let name), _):
            return try await operation(name, .version(type, id: id, version: version), request)
        case (.compartment(let focus, let id, let target), .get), (.compartment(let focus, let id, let target), .head),
            (.compartmentSearch(let focus, let id, let target), .post):
            return try await searchCompartment(focus, id: id, target, request)
        case (.unknownType(let name), _):
            throw RequestError(.unknownType, "\(name) is no resource type of FHIR R4")
        case (.unknownPath, _):
            throw RequestError(.unknownPath, "nothing lives at this address")
        default:
            throw RequestError(
                .methodNotAllowed, "this address does not take \(request.method.rawValue)",
                allow: request.route.kind.methods)
        }
    }

    private func capabilities(_ request: InteractionRequest) throws -> InteractionAnswer {
        let shape = try shape(request, definitions.resourceType(named: "CapabilityStatement"))
        var answer = try capabilities.answer(
            request, security: !demandsToken ? .everybody : issuesTokens ? .smart : .token)
        answer.body = answer.body.map { shaped($0, shape) }
        return answer
    }

    /// A stored version as an answer's body.
    func render(_ version: StoredVersion, shape: ResourceShape? = nil) -> [UInt8] {
        guard let content = version.content else { return [] }
        return content.withUnsafeBufferPointer {
            store.renderer.render(content: $0, stamp: version.stamp, shape: shape)
        }
    }
}
