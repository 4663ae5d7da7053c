/// Number of an element of a type: its position in `FHIRDefinitions.elements`, for one process.
package struct ElementID: Hashable, Sendable, Comparable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) { self.rawValue = rawValue }

    @inlinable package static func < (left: ElementID, right: ElementID) -> Bool { left.rawValue < right.rawValue }
}

/// One element of a type. https://hl7.org/fhir/R4/elementdefinition.html
package struct ElementDefinition: Sendable {
    /// The type it belongs to.
    package let owner: TypeID
    /// The name in JSON; of a choice the part before the type: `value` for `value[x]`.
    package let name: String
    /// `Patient.contact.name`, `Observation.value[x]`.
    package let path: String
    /// Whether JSON spells the type behind the name: `valueQuantity`.
    package let isChoice: Bool
    package let min: Int
    /// Greatest number of values; nil for `*`.
    package let max: Int?
    package let isSummary: Bool
    package let isModifier: Bool
    /// An attribute in XML (`id`, `Extension.url`); such elements carry no extensions.
    package let isAttribute: Bool
    /// The types a value may have; backbones and content references resolved.
    package let types: [ElementType]
    package let binding: Binding?
    package let invariants: [Invariant]
    /// Position among the type's elements, from 0: the standard's order.
    package let order: Int

    /// Whether JSON writes an array.
    package var isRepeating: Bool { max != 1 }
}

/// A type that an element's value may have.
package struct ElementType: Sendable {
    package let type: TypeID
    /// Resource types that a Reference or canonical may point at; empty for any.
    package let targets: [TypeID]
    /// Canonical URLs of profiles on the type, such as SimpleQuantity.
    package let profiles: [String]
}

/// What codes an element takes. https://hl7.org/fhir/R4/terminologies.html#strength
package struct Binding: Sendable, Hashable {
    package enum Strength: Sendable, CaseIterable {
        case required, extensible, preferred, example
    }

    package let strength: Strength
    /// Canonical URL without version.
    package let valueSet: String
    /// Value set outside of which no code is allowed, although the binding itself is weaker.
    package let maximumValueSet: String?
}

/// A rule in FHIRPath. https://hl7.org/fhir/R4/conformance-rules.html#constraints
package struct Invariant: Sendable {
    package enum Severity: Sendable {
        case error, warning
    }

    /// `obs-6`. A few keys stand for two rules on different elements.
    package let key: String
    package let severity: Severity
    /// The rule in words.
    package let human: String
    package let expression: String
    /// Position in `FHIRDefinitions.invariants`: what compiled expressions are kept under.
    package let index: Int
}

/// What a JSON property name means within a type.
package struct Property: Sendable, Equatable {
    package let element: ElementID
    /// The type of the value; of a choice the one named; backbones and content references resolved.
    package let type: TypeID
    /// Whether this is `_name`, which holds the `id` and `extension` of a primitive.
    package let isCompanion: Bool
}
