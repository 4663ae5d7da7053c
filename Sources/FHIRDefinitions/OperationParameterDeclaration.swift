/// One parameter of an operation (R4 operationdefinition-definitions.html#OperationDefinition.parameter).
package struct OperationParameterDeclaration: Sendable {
    package enum Use: String, Sendable {
        case input = "in"
        case output = "out"
    }

    package var use: Use
    package var name: String
    package var min: Int
    /// Nil for `*`.
    package var max: Int?
    /// A data type or resource type; nil where the documentation names several.
    package var type: String?
    package var documentation: String
    /// What it is made of, in the place of a value.
    package var parts: [OperationParameterDeclaration]

    package init(
        _ use: Use, _ name: String, _ min: Int, _ max: Int?, _ type: String?, _ documentation: String,
        parts: [OperationParameterDeclaration] = []
    ) {
        self.use = use
        self.name = name
        self.min = min
        self.max = max
        self.type = type
        self.documentation = documentation
        self.parts = parts
    }
}
