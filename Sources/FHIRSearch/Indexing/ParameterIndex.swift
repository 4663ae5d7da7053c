package import FHIRDefinitions

/// What a search parameter means on one resource type: the slots that hold its values.
package struct ParameterIndex: Sendable {
    package let definition: SearchParameterDefinition
    package let kind: SearchKind
    /// Positions in `TypeIndex.slots`; a resource matches if any of them does.
    package let slots: [Int]
    /// From `where(resolve() is X)`: only references to this type count.
    package let refersTo: TypeID?
    /// Types that references may point at: by the parameter, else by the elements; empty for any.
    package let targets: [TypeID]
    /// For composites: a resource matches if it does by one of the alternatives.
    package let alternatives: [CompositeAlternative]
    /// For composites: the kinds of the parts, in order.
    package let componentKinds: [SearchKind]

    package var code: String { definition.code }

    /// A way in which a composite's parts can hold together.
    package enum CompositeAlternative: Sendable {
        /// The composite's base is the resource itself: each part is searched by slots of its own.
        case conjunction([Part])
        /// The base is a repeating element: the slot holds the combinations.
        case slot(Int)
    }

    package struct Part: Sendable {
        package let kind: SearchKind
        package let slots: [Int]
        package let targets: [TypeID]
    }
}
