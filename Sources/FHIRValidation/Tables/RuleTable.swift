import FHIRDefinitions
import FHIRPath

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
    /// Whether the type is a resource, which may have nothing but an id.
    var isResource: Bool
    /// Bits, by `ElementDefinition.order`, of the elements that must be there.
    var required: UInt64
    /// Number of the type's first element.
    var firstElement: UInt16
    /// Invariants of the type, as places in `RuleTable.invariants`.
    var invariants: Span16
}

/// What an element asks of its values.
struct ElementRule {
    var isRepeating: Bool
    var isChoice: Bool
    /// Whether this is `DomainResource.contained`.
    var isContained: Bool
    /// Whether the element may not be there at all.
    var isProhibited: Bool
    /// Place in `RuleTable.uses` of what else is asked of the values; `UInt16.max` for nothing.
    var use: UInt16
    /// The element's bit in the masks of its owner.
    var bit: UInt64
}

/// What an element asks beyond its type: few elements ask any of this.
struct ElementUse {
    /// Place in `RuleTable.bindings`; `UInt16.max` for none.
    var binding: UInt16
    /// Resource types that a reference may point at, as places in `RuleTable.targets`; empty for any.
    var targets: Span16
    /// The type that a published resource points at from here though the element does not allow it.
    var slip: TypeID?
    /// Invariants of the element that its type does not have, as places in `RuleTable.invariants`.
    var invariants: Span16
    /// Whether the value is a SimpleQuantity, which has no comparator (R4 datatypes.html#SimpleQuantity).
    var isSimpleQuantity: Bool
}

/// A range within one of the table's lists.
struct Span16 {
    var start: UInt16
    var count: UInt16

    static let none = Span16(start: 0, count: 0)

    @inline(__always) var isEmpty: Bool { count == 0 }
    @inline(__always) var range: Range<Int> { Int(start)..<Int(start) + Int(count) }
}

/// An invariant on one type.
struct InvariantRule {
    /// `Invariant.index`, under which the compiled expression is kept too.
    var number: UInt16
    /// What the presence of elements says of it, as places in `RuleTable.instructions`.
    var presence: Range<Int>
}

/// The definitions, compiled for the walk.
///
/// Immutable once made, hence `Sendable` although it owns raw memory.
final class RuleTable: @unchecked Sendable {
    /// By `TypeID.rawValue`.
    let types: UnsafeMutableBufferPointer<TypeRule>
    /// By `ElementID.rawValue`.
    let elements: UnsafeMutableBufferPointer<ElementRule>
    let uses: UnsafeMutableBufferPointer<ElementUse>
    let bindings: UnsafeMutableBufferPointer<BindingRule>
    let targets: UnsafeMutableBufferPointer<TypeID>
    let invariants: UnsafeMutableBufferPointer<InvariantRule>
    let instructions: UnsafeMutableBufferPointer<PresenceTest.Instruction>
    /// Compiled invariants by `Invariant.index`.
    let expressions: [FHIRPathExpression]
    /// What `_name` holds.
    let companionType: TypeID
    let known: KnownTypes

    init(definitions: FHIRDefinitions, engine: FHIRPathEngine) {
        var builder = RuleTableBuilder(definitions: definitions, engine: engine)
        builder.build()
        companionType = builder.known.element
        known = builder.known
        expressions = builder.expressions
        types = Self.copy(builder.types)
        elements = Self.copy(builder.elements)
        uses = Self.copy(builder.uses)
        bindings = Self.copy(builder.bindings)
        targets = Self.copy(builder.targets)
        invariants = Self.copy(builder.invariants)
        instructions = Self.copy(builder.instructions)
    }

    private static func copy<Row>(_ rows: [Row]) -> UnsafeMutableBufferPointer<Row> {
        let buffer = UnsafeMutableBufferPointer<Row>.allocate(capacity: rows.count)
        _ = buffer.initialize(from: rows)
        return buffer
    }

    deinit {
        elements.deallocate()
        types.deallocate()
        uses.deallocate()
        bindings.deallocate()
        targets.deallocate()
        invariants.deallocate()
        instructions.deallocate()
    }
}

/// Numbers of the types that rules ask for.
struct KnownTypes: Sendable {
    let element: TypeID
    let reference: TypeID
    let canonical: TypeID
    let coding: TypeID
    let codeableConcept: TypeID
    let quantity: TypeID
    let `extension`: TypeID
    let bundle: TypeID
    let bundleEntry: TypeID
    let xhtml: TypeID

    init(_ definitions: FHIRDefinitions) {
        func type(_ name: String) -> TypeID {
            guard let type = definitions.type(named: name) else { preconditionFailure("the definitions lack \(name)") }
            return type
        }
        element = type("Element")
        reference = type("Reference")
        canonical = type("canonical")
        coding = type("Coding")
        codeableConcept = type("CodeableConcept")
        quantity = type("Quantity")
        `extension` = type("Extension")
        bundle = type("Bundle")
        bundleEntry = type("Bundle.entry")
        xhtml = type("xhtml")
    }

    func codedKind(of type: TypeID) -> ValueSetQuestion.Kind {
        type == codeableConcept ? .concept : type == coding ? .coding : .other
    }
}
