package import FHIRDefinitions

/// A model type's place in the R4 tables.
package struct ModelDefinition: Sendable {
    package let type: TypeID
    package let name: String
    package let isResource: Bool
    /// Position of the type's first element in `FHIRDefinitions.elements`.
    let firstElement: Int

    /// The type of this name; it is a mistake in generated code if the tables lack it.
    package init(_ name: String) {
        let definitions = FHIRDefinitions.r4
        guard let type = definitions.type(named: name) else { preconditionFailure("R4 has no type \(name)") }
        self.type = type
        self.name = name
        isResource = definitions[type].kind == .resource
        firstElement = definitions[type].elements.lowerBound
    }
}
