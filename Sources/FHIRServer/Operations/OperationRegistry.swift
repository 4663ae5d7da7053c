import FHIRDefinitions

/// The operations that the server offers. To add one, conform to ``ResourceOperation`` and pass it here; routing and
/// the CapabilityStatement follow.
package struct OperationRegistry: Sendable {
    private let byName: [String: [any ResourceOperation]]

    package init(_ operations: [any ResourceOperation] = []) {
        byName = Dictionary(grouping: operations) { $0.declaration.name }
    }

    /// Declarations sorted by name.
    package var declarations: [OperationDeclaration] {
        byName.values.flatMap { $0.map(\.declaration) }
            .sorted { ($0.name, $0.definition) < ($1.name, $1.definition) }
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
}
