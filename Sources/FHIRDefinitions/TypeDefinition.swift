/// Number of a type: a resource, data type, primitive, or the content of a backbone element (`Patient.contact`).
///
/// Numbers are positions in `FHIRDefinitions.types`; they hold for one process, not for storage.
package struct TypeID: Hashable, Sendable, Comparable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) { self.rawValue = rawValue }

    @inlinable package static func < (left: TypeID, right: TypeID) -> Bool { left.rawValue < right.rawValue }
}

/// A type of the standard. https://hl7.org/fhir/R4/structuredefinition.html
package struct TypeDefinition: Sendable {
    package enum Kind: Sendable {
        case primitive, complex, backbone, resource
        /// A pattern such as `Event`; the R4 tables hold none.
        case logical
    }

    /// `Patient`, `HumanName`, `dateTime`, or the path of a backbone element, `Patient.contact`.
    package let name: String
    package let kind: Kind
    /// What the type derives from; nil for `Element` and `Resource`.
    package let base: TypeID?
    package let isAbstract: Bool
    /// Positions of the type's elements in `FHIRDefinitions.elements`, inherited ones first.
    package let elements: Range<Int>
    /// Invariants on the type itself; for backbones they stand on the element instead.
    package let invariants: [Invariant]
    /// The regular expression that a primitive's text has to match as a whole.
    package let pattern: String?

    /// Canonical URL of the StructureDefinition; nil for backbones, which have none of their own.
    package var url: String? { kind == .backbone ? nil : "http://hl7.org/fhir/StructureDefinition/" + name }
}
