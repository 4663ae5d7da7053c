import FHIRDefinitions
import FHIRFormats
import FHIRStore
import JSONTape

/// What a conditional delete does where several resources match (R4 http.html#cond-delete).
package enum ConditionalDelete: String, Sendable, CaseIterable {
    /// Refuses with 412.
    case single
    /// Deletes all of them, up to 10 000.
    case multiple

    /// Most resources that one request deletes.
    var limit: Int {
        switch self {
        case .single: 1
        case .multiple: 10_000
        }
    }
}

/// Conditional create, update and delete (R4 http.html#ccreate, #cond-update, #cond-delete).
extension Interactions {
    /// What a create has as its condition; nil for an ordinary one.
    ///
    /// `If-None-Exist` is the standard's way. fhirpy's `get_or_create` sends the criteria as the query of the POST,
    /// which has no other meaning for a body that is a resource.
    func creationCriteria(_ type: TypeID, _ request: InteractionRequest) throws -> ConditionalCriteria? {
        let query = request.query.removing(QueryItems.general)
        guard let header = request.conditions.ifNoneExist else {
            return query.isEmpty ? nil : try criteria(type, request)
        }
        guard query.isEmpty else {
            throw RequestError(.malformed, "the criteria stand either in If-None-Exist or in the address")
        }
        return try ConditionalCriteria(type: type, query: header, indexer: search.indexer)
    }

    /// The criteria in the query of the address; throws if there are none.
    func criteria(_ type: TypeID, _ request: InteractionRequest) throws -> ConditionalCriteria {
        let pairs = request.query.removing(QueryItems.general).items.map { (name: $0.name, value: $0.value) }
        return try ConditionalCriteria(type: type, pairs: pairs, indexer: search.indexer)
    }

    func create(
        _ input: ResourceInput, unless criteria: ConditionalCriteria, _ shape: ResourceShape?,
        _ request: InteractionRequest
    ) async throws -> InteractionAnswer {
        switch try await store.create(input, unless: criteria, search) {
        case .created(let result): return answer(result, input, shape, request)
        case .found(let version):
            let stamp = version.stamp
            var answer = InteractionAnswer(200, version: stamp.version, lastModified: stamp.updated)
            answer.location = location(of: version.type, stamp, request)
            switch request.conditions.prefer.return ?? .representation {
            case .minimal: break
            case .operationOutcome:
                answer.body = OperationOutcome.json([
                    OutcomeIssue(.information, code: "informational", diagnostics: "one matches; nothing was created")
                ])
            case .representation: answer.body = render(version, shape: shape)
            }
            return answer
        }
    }

    func conditionalUpdate(_ type: TypeID, _ request: InteractionRequest) async throws -> InteractionAnswer {
        let criteria = try criteria(type, request)
        let input = try resource(request, of: type)
        let member = JSONNode(input.document, input.index)["id"]
        if let member, member.string == nil {
            throw RequestError(.wrongResource, "an id is a string", expression: "Resource.id")
        }
        try await check(input)
        let precondition = try WritePrecondition(
            ifMatch: request.conditions.ifMatch, ifNoneMatch: request.conditions.ifNoneMatch)
        let shape = try shape(request, type)
        let result = try await store.update(input, id: member?.string, matching: criteria, precondition, search)
        return answer(result, input, shape, request)
    }

    /// 204 whether or not there was something to delete, as for a delete by id.
    func conditionalDelete(_ type: TypeID, _ request: InteractionRequest) async throws -> InteractionAnswer {
        let criteria = try criteria(type, request)
        let precondition = try WritePrecondition(ifMatch: request.conditions.ifMatch, ifNoneMatch: nil)
        let results = try await store.delete(
            matching: criteria, limit: conditionalDelete.limit, precondition, search)
        var answer = InteractionAnswer(204)
        answer.isOnRecord = !results.isEmpty
        if results.count == 1 {
            answer.version = results[0].stamp.version
            answer.lastModified = results[0].stamp.updated
        }
        if request.conditions.prefer.return == .operationOutcome {
            answer.status = 200
            let words = results.isEmpty ? "there was nothing to delete" : "resources deleted: \(results.count)"
            answer.body = OperationOutcome.json([
                OutcomeIssue(.information, code: "informational", diagnostics: words)
            ])
        }
        return answer
    }

    /// `[base]/Type/id/_history/version`.
    func location(of type: TypeID, _ stamp: VersionStamp, _ request: InteractionRequest) -> String {
        "\(request.base)/\(definitions.name(of: type))/\(stamp.id)/_history/\(stamp.version)"
    }
}
