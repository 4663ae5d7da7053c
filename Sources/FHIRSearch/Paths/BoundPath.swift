package import FHIRDefinitions

/// A search path bound to a type: JSON property names that lead to values of one data type.
///
/// `Observation.value as Quantity` becomes the single step `valueQuantity` with leaf `Quantity`.
package struct BoundPath: Hashable, Sendable {
    package struct Step: Hashable, Sendable {
        /// JSON property name, the type's suffix of a choice included.
        package var property: String
        package var filter: Filter?
        /// Only this element of the array.
        package var position: Int?
    }

    package enum Filter: Hashable, Sendable {
        /// The object's property has this string as its value.
        case memberEquals(String, String)
        /// The object has an extension with this url.
        case hasExtension(String)
    }

    package var steps: [Step] = []
    /// Data type of the values.
    package var leaf: TypeID
    /// Name of the leaf's type, `string`, `Reference`.
    package var leafName: String
    /// Whether a resource can have several values.
    package var repeats = false
    /// Whether every valid resource has a value.
    package var isMandatory = true
    package var existsAndNotFalse = false
    /// Types that the reference may point at by the element's definition; empty for any.
    package var targets: [TypeID] = []
    /// The element that ends the path, for its binding.
    package var element: ElementDefinition?

    /// What makes two paths the same source of values.
    package static func == (left: BoundPath, right: BoundPath) -> Bool {
        left.steps == right.steps && left.leaf == right.leaf && left.existsAndNotFalse == right.existsAndNotFalse
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(steps)
        hasher.combine(leaf)
    }
}
