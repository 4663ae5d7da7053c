package import JSONTape

extension OperationParameters {
    /// `value[x]` of all parameters of a name, whatever their types.
    package func values(_ name: String) -> [JSONNode] {
        all(name).compactMap { ParameterValue.value(of: $0.node)?.node }
    }
}
