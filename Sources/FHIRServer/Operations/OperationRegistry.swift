import FHIRDefinitions

/// The operations that the server offers. To add one, conform to ``ResourceOperation`` and pass it here; routing, the
/// CapabilityStatement and OperationDefinitions follow.
package struct OperationRegistry: Sendable {
    private let byName: [String: [any ResourceOperation]]
    private let ownByID: [String: OperationDeclaration]

    package init(_ operations: [any ResourceOperation] = []) {
        byName = Dictionary(grouping: operations) { $0.declaration.name }
        let own = operations.map(\.declaration).filter { $0.definition == nil }
        ownByID = Dictionary(own.map { ($0.id, $0) }) { first, _ in first }
    }

    /// Declarations sorted by name.
    package var declarations: [OperationDeclaration] {
        byName.values.flatMap { $0.map(\.declaration) }.sorted { ($0.name, $0.id) < ($1.name, $1.id) }
    }

    /// The operation of this name at this level of this type.
    package func operation(
        _ name: String, _ level: OperationDeclaration.Level, type: String?
    ) -> (any ResourceOperation)? {
        byName[name]?.first { operation in
            let declaration = operation.declaration
            guard declaration.levels.contains(level) else { return false }
            guard let type else { return true }
            return declaration.types.isEmpty || declaration.types.contains(type)
        }
    }

    /// Whether an operation of the whole system takes bodies of a media type as they are.
    func takesRaw(_ mediaType: String, _ name: String) -> Bool {
        operation(name, .system, type: nil)?.declaration.rawTypes.contains(mediaType) ?? false
    }

    /// The operation of Martlet's own whose OperationDefinition has this id.
    func ownDefinition(id: String) -> OperationDeclaration? { ownByID[id] }
}
