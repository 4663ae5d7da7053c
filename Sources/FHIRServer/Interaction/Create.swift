import FHIRDefinitions
import FHIRFormats
import FHIRStore

/// create (R4 http.html#create).
extension Interactions {
    func create(_ type: TypeID, _ request: InteractionRequest) async throws -> InteractionAnswer {
        // `If-None-Exist` and fhirpy's `POST /Type?criteria` both mean a conditional create (R4 http.html#ccreate).
        guard request.conditions.ifNoneExist == nil, request.query.removing(QueryItems.general).isEmpty else {
            throw RequestError(.notSupported, "conditional creates are not supported yet")
        }
        let input = try resource(request, of: type)
        try check(input)
        let shape = try shape(request, type)
        return answer(try await store.create(input), input, shape, request)
    }
}
