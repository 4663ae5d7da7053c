import FHIRDefinitions
import FHIRStore
import JSONTape

/// `$graphql` at system and instance level (R4 graphql.html, operation-resource-graphql.html).
///
/// The query comes as the parameter `query` of a GET, or as a POST of `application/graphql` or of JSON with `query`,
/// `operationName` and `variables`. The answer is `application/json`, no FHIR resource.
struct GraphQLQuery: ResourceOperation {
    let declaration = OperationDeclaration(
        "graphql", levels: [.system, .instance], types: [], affectsState: false,
        definition: "http://hl7.org/fhir/OperationDefinition/Resource-graphql",
        documentation: "Reads by GraphQL; mutations are not supported.",
        parameters: [.init(.input, "query", 1, 1, "string", "The query.")])
    /// Media type of a body that is the query itself.
    static let contentType = "application/graphql"

    func run(_ call: OperationCall) async throws -> OperationAnswer {
        let service = GraphQLService(
            store: call.store, search: call.search, binaryContents: call.binaryContents, room: call.room)
        var focus: GraphQLSource.ResourceKey?
        if case .instance(let type, let id) = call.target { focus = GraphQLSource.ResourceKey(type: type, id: id) }
        let found = try await service.answer(try query(call.parameters), about: focus)
        var answer = OperationAnswer(200, resource: found.json)
        answer.shown = found.read
        answer.contentType = "application/json"
        return answer
    }

    private func query(_ body: JSONNode) throws -> GraphQLService.Query {
        let missing = GraphQLFailure(.invalid, "the parameter query is missing")
        guard body["resourceType"] != nil else {
            guard let text = body["query"]?.string else { throw missing }
            return GraphQLService.Query(
                text: text, operationName: body["operationName"]?.string, variables: body["variables"])
        }
        guard let text = parameter("query", of: body) else { throw missing }
        var variables: JSONNode?
        if let given = parameter("variables", of: body) {
            guard let document = try? Document.parse(given), JSONNode(document).isObject else {
                throw GraphQLFailure(.invalid, "variables is no JSON object")
            }
            variables = JSONNode(document)
        }
        return GraphQLService.Query(
            text: text, operationName: parameter("operationName", of: body), variables: variables)
    }

    private func parameter(_ name: String, of parameters: JSONNode) -> String? {
        parameters["parameter"]?.items.first { $0["name"]?.string == name }?["valueString"]?.string
    }
}
