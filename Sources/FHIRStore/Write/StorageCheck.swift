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

    private let fault: @Sendable (ResourceInput) -> Fault?

    /// - Parameter fault: the first thing that speaks against storing a resource; nil if nothing does.
    package init(_ fault: @escaping @Sendable (ResourceInput) -> Fault?) { self.fault = fault }

    /// Lets everything pass.
    package static var none: StorageCheck { StorageCheck { _ in nil } }

    /// Throws `StoreError` (`.invalidContent`) if something speaks against storing the resource.
    package func callAsFunction(_ resource: ResourceInput) throws {
        guard let fault = fault(resource) else { return }
        throw StoreError(
            .invalidContent, "the resource would not be valid: \(fault.message)", expression: fault.expression,
            details: "invalid-resource")
    }
}
