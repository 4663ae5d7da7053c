package import JSONTape

/// A value whose type the caller chose: `valueQuantity`, `valueString`.
package struct ParameterChoice: Sendable {
    /// As it ends the name of the property: `Quantity`.
    package let type: String
    package let node: JSONNode
    /// FHIRPath of the parameter, for errors.
    package let place: String
}

extension OperationParameters {
    /// The values of all parameters of a name, in order; those without a value are left out.
    package func choices(_ name: String) -> [ParameterChoice] {
        all(name).compactMap { item in
            ParameterValue.value(of: item.node).map { ParameterChoice(type: $0.type, node: $0.node, place: item.place) }
        }
    }

    /// All parameters of a name as they came, with where they stand.
    package func given(_ name: String) -> [(node: JSONNode, place: String)] { all(name).map { ($0.node, $0.place) } }
}
