import FHIRDefinitions
import FHIRPath

/// Lays the definitions out as flat lists for `RuleTable`.
struct RuleTableBuilder {
    let definitions: FHIRDefinitions
    let engine: FHIRPathEngine
    let known: KnownTypes
    private(set) var types: [TypeRule] = []
    private(set) var elements: [ElementRule] = []
    private(set) var uses: [ElementUse] = []
    private(set) var bindings: [BindingRule] = []
    private(set) var targets: [TypeID] = []
    private(set) var invariants: [InvariantRule] = []
    private(set) var instructions: [PresenceTest.Instruction] = []
    private(set) var expressions: [FHIRPathExpression] = []

    private var bindingPlaces: [Binding: UInt16] = [:]
    private var targetPlaces: [[TypeID]: Span16] = [:]
    private var invariantPlaces: [InvariantList: Span16] = [:]

    private struct InvariantList: Hashable {
        var type: TypeID?
        var numbers: [Int]
    }

    init(definitions: FHIRDefinitions, engine: FHIRPathEngine) {
        self.definitions = definitions
        self.engine = engine
        known = KnownTypes(definitions)
    }

    mutating func build() {
        expressions = definitions.invariants.map { invariant in
            do {
                return try engine.expression(of: invariant)
            } catch {
                // A test compiles them all.
                preconditionFailure("the invariant \(invariant.key) is no expression: \(error)")
            }
        }
        for index in definitions.types.indices { addType(TypeID(rawValue: UInt16(index))) }
        for element in definitions.elements { addElement(element) }
    }

    // MARK: - Types

    private mutating func addType(_ id: TypeID) {
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
        types.append(
            TypeRule(
                shape: shape, format: PrimitiveFormat(typeName: type.name), rule: ObjectRule(typeName: type.name),
                isResource: type.kind == .resource, required: required,
                firstElement: UInt16(type.elements.lowerBound), invariants: place(type.invariants, on: id)))
    }

    // MARK: - Elements

    private mutating func addElement(_ element: ElementDefinition) {
        precondition(element.order < 64, "a type has more than 64 elements")
        elements.append(
            ElementRule(
                isRepeating: element.isRepeating && element.max != 0, isChoice: element.isChoice,
                isContained: element.name == "contained" && definitions[element.owner].kind == .resource,
                isProhibited: element.max == 0, use: use(element), bit: 1 << UInt64(element.order)))
    }

    private mutating func use(_ element: ElementDefinition) -> UInt16 {
        var use = ElementUse(
            binding: .max, targets: .none, slip: PublishedSlip.target(of: element.path, definitions),
            invariants: .none,
            isSimpleQuantity: element.types.contains { type in
                type.profiles.contains { $0.hasSuffix("/SimpleQuantity") }
            })
        if let binding = element.binding { use.binding = place(binding) }
        let referenced = element.types.first { $0.type == known.reference }?.targets ?? []
        if !referenced.isEmpty { use.targets = place(referenced) }
        let single = element.types.count == 1 ? element.types.first?.type : nil
        let inherited = Set(element.types.first.map { definitions[$0.type].invariants.map(\.index) } ?? [])
        let own = element.invariants.filter { !inherited.contains($0.index) }
        use.invariants = place(own, on: single)
        guard use.binding != .max || !use.targets.isEmpty || !use.invariants.isEmpty || use.isSimpleQuantity else {
            return .max
        }
        uses.append(use)
        precondition(uses.count < Int(UInt16.max), "uses are numbered with 16 bits")
        return UInt16(uses.count - 1)
    }

    private mutating func place(_ binding: Binding) -> UInt16 {
        if let known = bindingPlaces[binding] { return known }
        var place = UInt16.max
        if let rule = BindingRule(binding, definitions) {
            place = UInt16(bindings.count)
            bindings.append(rule)
        }
        bindingPlaces[binding] = place
        return place
    }

    private mutating func place(_ types: [TypeID]) -> Span16 {
        if let known = targetPlaces[types] { return known }
        let span = Span16(start: UInt16(targets.count), count: UInt16(types.count))
        targets += types
        targetPlaces[types] = span
        return span
    }

    // MARK: - Invariants

    /// The invariants that are evaluated on a type: without those that the walk checks itself.
    private mutating func place(_ list: [Invariant], on type: TypeID?) -> Span16 {
        let evaluated = list.filter { !NativeInvariant.keys.contains($0.key) }
        guard !evaluated.isEmpty else { return .none }
        let key = InvariantList(type: type, numbers: evaluated.map(\.index))
        if let known = invariantPlaces[key] { return known }
        let span = Span16(start: UInt16(invariants.count), count: UInt16(evaluated.count))
        for invariant in evaluated {
            let start = instructions.count
            if let type {
                instructions += engine.presenceTest(of: invariant, on: type).instructions
            } else {
                // On a choice of types nothing is known before.
                instructions.append(PresenceTest.Instruction.open)
            }
            invariants.append(
                InvariantRule(number: UInt16(invariant.index), presence: start..<instructions.count))
        }
        invariantPlaces[key] = span
        return span
    }
}

/// The invariants that the walk checks itself, because it sees what they are about anyhow.
enum NativeInvariant {
    static let keys: Set<String> = [
        "ele-1", "ext-1", "dom-2", "dom-3", "dom-4", "dom-5", "ref-1", "txt-1", "txt-2",
    ]
}
