import FHIRDefinitions
import FHIRFormats
import FHIRStore

/// create (R4 http.html#create).
extension Interactions {
    func create(_ type: TypeID, _ request: InteractionRequest) async throws -> InteractionAnswer {
        let criteria = try creationCriteria(type, request)
        let input = try resource(request, of: type)
        try await check(input)
        let shape = try shape(request, type)
        if let criteria { return try await create(input, unless: criteria, shape, request) }
        return answer(try await store.create(input), input, shape, request)
    }
}
