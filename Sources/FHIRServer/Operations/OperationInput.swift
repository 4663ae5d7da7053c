package import FHIRSearch
package import JSONTape

/// The parameters of one call, as the declaration has them: every name is declared, every value has the declared type,
/// and there are as many as declared.
package struct OperationInput: Sendable {
    /// One parameter with its value, or its resource.
    struct Item: Sendable {
        var name: String
        /// FHIRPath of where it came from: `http.max`, `Parameters.parameter[2].valueCode`.
        var origin: String
        var value: JSONNode
    }

    private let items: [Item]
    /// Parameters of a search, for operations that take such: name and value, in order.
    package let search: [(name: String, value: String)]

    init(items: [Item], search: [(name: String, value: String)] = []) {
        self.items = items
        self.search = search
    }

    /// No parameters.
    package init() { self.init(items: []) }

    /// Values of a parameter in the order given: primitives, data types or resources.
    package func all(_ name: String) -> [JSONNode] { items.filter { $0.name == name }.map(\.value) }

    package func first(_ name: String) -> JSONNode? { items.first { $0.name == name }?.value }

    /// Values of a parameter whose type JSON writes as a string.
    package func strings(_ name: String) -> [String] { all(name).compactMap(\.string) }

    package func string(_ name: String) -> String? { first(name)?.string }

    package func integer(_ name: String) -> Int? { first(name)?.integer }

    package func bool(_ name: String) -> Bool? { first(name)?.bool }

    /// The span that a date, dateTime or instant stands for.
    package func time(_ name: String) throws -> DateRange? {
        guard let text = string(name) else { return nil }
        guard let range = DateRange(text) else { throw error("the parameter \(name) is no time", at: name) }
        return range
    }

    /// What to throw where a value is of the right type but still wrong: 400, with the place it came from.
    package func error(_ message: String, at name: String) -> OperationInputError {
        OperationInputError(.invalidParameter, message, expression: items.first { $0.name == name }?.origin)
    }

    /// The primitive parameters as name and text, for page links.
    func pairs(without names: Set<String> = []) -> [(name: String, value: String)] {
        items.compactMap { item in
            guard !names.contains(item.name) else { return nil }
            let text = item.value.string ?? item.value.numberText ?? item.value.bool.map { $0 ? "true" : "false" }
            return text.map { (item.name, $0) }
        } + search.filter { !names.contains($0.name) }
    }
}

/// Why the parameters of an operation were refused: always 400, nothing was done.
package struct OperationInputError: Error, Sendable {
    package enum Code: String, Sendable {
        /// The operation takes no parameter of this name.
        case unknownParameter
        /// A parameter is missing, repeated, or has the wrong type or value.
        case invalidParameter
    }

    package var code: Code
    package var message: String
    /// FHIRPath of the parameter, or `http.name` for one in the address.
    package var expression: String?

    package init(_ code: Code, _ message: String, expression: String? = nil) {
        self.code = code
        self.message = message
        self.expression = expression
    }
}
