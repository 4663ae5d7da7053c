import FHIRDefinitions
import FHIRFormats
import FHIRStore

/// vread (R4 http.html#vread).
extension Interactions {
    func vread(
        _ type: TypeID, id: String, version: String, _ request: InteractionRequest
    ) async throws -> InteractionAnswer {
        // Our versions are numbers that a 32-bit column holds; others cannot exist.
        guard ResourceID.isValid(id), let number = Int32(version), number > 0 else {
            throw StoreError(.notFound, "\(definitions.name(of: type)) has no such version")
        }
        let shape = try shape(request, type)
        let found = try await store.vread(type, id: id, version: Int(number))
        return answer(try await complete(found, request), shape, request)
    }
}
