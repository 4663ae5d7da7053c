import FHIRDefinitions
import FHIRFormats
import FHIRStore

/// update, and update as create (R4 http.html#update, #upsert).
extension Interactions {
    func update(_ type: TypeID, id: String, _ request: InteractionRequest) async throws -> InteractionAnswer {
        guard ResourceID.isValid(id) else {
            throw RequestError(
                .malformed, "an id has 1 to 64 characters of A-Z, a-z, 0-9, - and .", expression: "Resource.id")
        }
        let input = try resource(request, of: type)
        try requireID(id, in: input)
        try await check(input)
        let precondition = try WritePrecondition(
            ifMatch: request.conditions.ifMatch, ifNoneMatch: request.conditions.ifNoneMatch)
        let shape = try shape(request, type)
        return answer(try await store.update(input, id: id, precondition), input, shape, request)
    }
}
