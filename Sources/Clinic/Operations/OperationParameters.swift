package import FHIRDefinitions
package import FHIRStore
package import JSONTape

/// The in parameters of a call, or the parts of one of them, checked against the declaration: every name is declared,
/// every value has the declared type, and there are as many as declared.
/// https://hl7.org/fhir/R4/parameters.html
package struct OperationParameters: Sendable {
    /// A parameter with where it stands, for errors: `Parameters.parameter[2].part[0]`.
    struct Item: Sendable {
        var name: String
        var node: JSONNode
        var place: String
    }

    let items: [Item]
    /// The one resource that was sent in place of Parameters.
    let bare: JSONNode?
    private let declared: [OperationParameterDeclaration]

    /// Reads the parameters of a call.
    ///
    /// Throws `StoreError` (400) for what is not declared, so that a misspelt name is not silently left out.
    package init(
        _ call: ClinicCall, of declaration: ClinicOperationDeclaration, definitions: FHIRDefinitions
    ) throws {
        let body = call.parameters
        let inputs = declaration.parameters.filter { $0.use == .input }
        if body["resourceType"]?.string == "Parameters" {
            bare = nil
            declared = inputs
            items = try Self.items(body["parameter"]?.items ?? [], "Parameters.parameter", inputs)
            try check(definitions)
        } else {
            // R4 operations.html#executing: the one resource that an operation takes may be the body itself.
            let typeName = body["resourceType"]?.string ?? ""
            let takers = inputs.filter { $0.type == typeName || $0.type == "Resource" }
            guard takers.count == 1, let taker = takers.first else {
                throw StoreError(
                    .invalidRequest, "the operation takes a Parameters resource", expression: "Resource.resourceType",
                    details: "invalid-parameter")
            }
            bare = body
            declared = inputs
            items = [Item(name: taker.name, node: body, place: typeName)]
            let missing = inputs.first { $0.min > 0 && $0.name != taker.name }
            if let missing { throw Self.invalid("the parameter \(missing.name) is missing") }
        }
    }

    private init(parts of: Item, _ declared: [OperationParameterDeclaration]) throws {
        bare = nil
        self.declared = declared
        items = try Self.items(of.node["part"]?.items ?? [], of.place + ".part", declared)
    }

    private static func items(
        _ nodes: [JSONNode], _ place: String, _ declared: [OperationParameterDeclaration]
    ) throws -> [Item] {
        let known = Set(declared.map(\.name))
        return try nodes.enumerated().map { position, node in
            guard let name = node["name"]?.string, known.contains(name) else {
                throw StoreError(
                    .invalidRequest, "the operation takes no such parameter",
                    expression: "\(place)[\(position)].name", details: "unknown-parameter")
            }
            return Item(name: name, node: node, place: "\(place)[\(position)]")
        }
    }

    private func check(_ definitions: FHIRDefinitions) throws {
        for parameter in declared {
            let given = items.filter { $0.name == parameter.name }
            if given.count < parameter.min {
                throw Self.invalid("the parameter \(parameter.name) is missing", at: items.first?.place)
            }
            if let max = parameter.max, given.count > max {
                throw Self.invalid(
                    "the parameter \(parameter.name) may be given \(max == 1 ? "once" : "\(max) times")",
                    at: given[max].place)
            }
            for item in given {
                if parameter.parts.isEmpty {
                    try ParameterValue.check(item, parameter, definitions)
                } else {
                    try OperationParameters(parts: item, parameter.parts).check(definitions)
                }
            }
        }
    }

    // MARK: - Values

    package func has(_ name: String) -> Bool { items.contains { $0.name == name } }

    /// The parts of each parameter of a name, in order.
    package func groups(_ name: String) throws -> [OperationParameters] {
        let parts = declared.first { $0.name == name }?.parts ?? []
        return try all(name).map { try OperationParameters(parts: $0, parts) }
    }

    /// FHIRPath of the first parameter of a name, for errors.
    package func place(of name: String) -> String? { items.first { $0.name == name }?.place }

    func all(_ name: String) -> [Item] { items.filter { $0.name == name } }

    /// `value[x]` of the first parameter of a name, whatever its type.
    package func value(_ name: String) -> JSONNode? {
        all(name).first.flatMap { ParameterValue.value(of: $0.node)?.node }
    }

    package static func invalid(_ message: String, at place: String? = nil) -> StoreError {
        StoreError(
            .invalidRequest, message, expression: place ?? "Parameters.parameter", details: "invalid-parameter")
    }
}
