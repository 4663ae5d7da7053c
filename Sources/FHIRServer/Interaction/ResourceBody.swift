package import FHIRDefinitions
package import FHIRStore
package import JSONTape

/// Reading and checking the resource that a write brings.
extension Interactions {
    /// The body as a resource of the type that the address names; throws where it is none.
    func resource(_ request: InteractionRequest, of type: TypeID) throws -> ResourceInput {
        let input = try ResourceInput(resource: try request.requireBody(), definitions: definitions)
        guard input.type == type else {
            let names = (body: definitions.name(of: input.type), address: definitions.name(of: type))
            throw RequestError(
                .wrongResource, "the body is of type \(names.body), the address says \(names.address)",
                expression: "Resource.resourceType")
        }
        return store.tagged(input)
    }

    /// Throws `InvalidResource` with every issue if one is an error.
    func check(_ input: ResourceInput) async throws {
        let issues = try await storageIssues(of: input)
        if issues.contains(where: { $0.severity == .error || $0.severity == .fatal }) {
            throw InvalidResource(issues: issues)
        }
    }

    /// R4 http.html#update: the body's id must be there and be the address's.
    func requireID(_ id: String, in input: ResourceInput) throws {
        let member = JSONNode(input.document, input.index)["id"]
        guard let bodyID = member?.string else {
            throw RequestError(.wrongResource, "the resource needs the id of the address", expression: "Resource.id")
        }
        guard bodyID == id else {
            throw RequestError(
                .wrongResource, "the resource's id is not the one in the address", expression: "Resource.id")
        }
    }
}

extension ResourceInput {
    /// The resource at `resource`; throws `RequestError` if that is no object or names no type of R4.
    package init(resource node: JSONNode, definitions: FHIRDefinitions) throws {
        guard node.isObject else { throw RequestError(.wrongResource, "a resource is a JSON object") }
        guard let name = node["resourceType"]?.string else {
            throw RequestError(.wrongResource, "the body has no resourceType", expression: "Resource.resourceType")
        }
        guard let type = definitions.resourceType(named: name) else {
            throw RequestError(
                .wrongResource, "resourceType names no resource type of FHIR R4", expression: "Resource.resourceType")
        }
        self.init(type: type, document: node.document, index: node.index)
    }
}
