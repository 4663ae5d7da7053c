import Clinic
import FHIRStore
import JSONTape

/// The resource that is submitted: alone, or the first of its type in a Bundle (as in Da Vinci PAS).
enum ClaimRequest {
    /// Throws `StoreError` (400) where there is none.
    static func resource(_ parameters: OperationParameters, type: String) throws -> JSONNode {
        let given = parameters.resources("resource").first
        if given?["resourceType"]?.string == type, let given { return given }
        let inBundle =
            given?["resourceType"]?.string == "Bundle"
            ? (given?["entry"]?.items ?? []).lazy.compactMap { $0["resource"] }
                .first { $0["resourceType"]?.string == type } : nil
        guard let inBundle else {
            throw OperationParameters.invalid(
                "the parameter resource is a \(type), or a Bundle with one", at: parameters.place(of: "resource"))
        }
        return inBundle
    }

    /// What is stored under the id of the resource, locked; nil for a new one.
    static func stored(_ resource: JSONNode, type: String, _ work: ClinicWork) async throws -> StoredResource? {
        guard let id = resource["id"]?.string, ResourceID.isValid(id) else { return nil }
        let version = try await work.transaction.lock(try work.store.resourceType(type), id: id)
        return try version.flatMap { try StoredResource($0, in: work.store) }
    }
}
