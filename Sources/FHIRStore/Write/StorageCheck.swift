/// A last look at a resource before it is stored.
package struct StorageCheck: Sendable {
    /// What is wrong with a resource, and the FHIRPath of where.
    package struct Fault: Sendable {
        package var message: String
        package var expression: String

        package init(message: String, expression: String) {
            self.message = message
            self.expression = expression
        }
    }

    private let fault: @Sendable (ResourceInput, FHIRStore) async throws -> Fault?

    /// - Parameter fault: the first thing that speaks against storing a resource in a store, by whose profiles and
    ///   codes it may be judged; nil if nothing does.
    package init(_ fault: @escaping @Sendable (ResourceInput, FHIRStore) async throws -> Fault?) { self.fault = fault }

    /// Lets everything pass.
    package static var none: StorageCheck { StorageCheck { _, _ in nil } }

    /// Throws `StoreError` (`.invalidContent`) if something speaks against storing the resource.
    func callAsFunction(_ resource: ResourceInput, in store: FHIRStore) async throws {
        guard let fault = try await fault(resource, store) else { return }
        throw StoreError(
            .invalidContent, "the resource would not be valid: \(fault.message)", expression: fault.expression,
            details: "invalid-resource")
    }
}
