import FHIRDefinitions

/// What a type asks of its values, in a form that is copied without counting references.
struct TypeRule {
    enum Shape: UInt8 {
        case object
        /// `Resource`: an object that names its type.
        case anyResource
        case primitive
    }

    var shape: Shape
    /// For primitives.
    var format: PrimitiveFormat
    /// What else is checked once an object's members have been.
    var rule: ObjectRule
    /// Bits, by `ElementDefinition.order`, of the elements that must be there.
    var required: UInt64
    /// Number of the type's first element.
    var firstElement: UInt16
}

/// What an element asks of its values.
struct ElementRule {
    var isRepeating: Bool
    var isChoice: Bool
    /// Whether this is `DomainResource.contained`.
    var isContained: Bool
    /// Whether the element may not be there at all.
    var isProhibited: Bool
    /// The element's bit in the masks of its owner.
    var bit: UInt64
}

/// The definitions, compiled for the walk.
///
/// Immutable once made, hence `Sendable` although it owns raw memory.
final class RuleTable: @unchecked Sendable {
    /// By `TypeID.rawValue`.
    let types: UnsafeMutableBufferPointer<TypeRule>
    /// By `ElementID.rawValue`.
    let elements: UnsafeMutableBufferPointer<ElementRule>
    /// What `_name` holds.
    let companionType: TypeID

    init(definitions: FHIRDefinitions) {
        guard let companion = definitions.type(named: "Element") else {
            preconditionFailure("the definitions lack Element")
        }
        companionType = companion
        let elementRules = definitions.elements.map { element in
            precondition(element.order < 64, "a type has more than 64 elements")
            return ElementRule(
                isRepeating: element.isRepeating && element.max != 0, isChoice: element.isChoice,
                isContained: element.name == "contained" && definitions[element.owner].kind == .resource,
                isProhibited: element.max == 0, bit: 1 << UInt64(element.order))
        }
        let typeRules = definitions.types.indices.map { index in
            Self.rule(for: TypeID(rawValue: UInt16(index)), definitions)
        }
        elements = .allocate(capacity: elementRules.count)
        _ = elements.initialize(from: elementRules)
        types = .allocate(capacity: typeRules.count)
        _ = types.initialize(from: typeRules)
    }

    deinit {
        elements.deallocate()
        types.deallocate()
    }

    private static func rule(for id: TypeID, _ definitions: FHIRDefinitions) -> TypeRule {
        let type = definitions[id]
        let shape: TypeRule.Shape =
            switch type.kind {
            case .primitive: .primitive
            case .resource where type.isAbstract: .anyResource
            default: .object
            }
        var required: UInt64 = 0
        if type.kind != .primitive {
            for element in definitions.elements(of: id) where element.min > 0 { required |= 1 << UInt64(element.order) }
        }
        return TypeRule(
            shape: shape, format: PrimitiveFormat(typeName: type.name), rule: ObjectRule(typeName: type.name),
            required: required, firstElement: UInt16(type.elements.lowerBound))
    }
}
