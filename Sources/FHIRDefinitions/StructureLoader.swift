/// Reads `structures.txt` and `invariants.txt`.
struct StructureLoader {
    private(set) var types: [TypeDefinition] = []
    private(set) var elements: [ElementDefinition] = []
    private(set) var invariants: [Invariant] = []
    /// Type names to numbers, under owner 0.
    let names = KeyTable(capacity: 1024)

    private let invariantNumbers = KeyTable(capacity: 256)
    private var typeLists = TextMemo<[ElementType]>()
    private var bindings = TextMemo<Binding>()
    private var invariantLists = TextMemo<[Invariant]>()

    init(_ tables: Tables) {
        readInvariants(tables.invariants)
        readNames(tables.structures)
        elements.reserveCapacity(8192)
        readTypes(tables.structures)
    }

    func typeID(_ name: String) -> TypeID {
        var name = name
        return name.withUTF8 { typeID($0) }
    }

    private func typeID(_ name: UnsafeBufferPointer<UInt8>) -> TypeID {
        guard let number = names.value(name, owner: 0) else {
            preconditionFailure("the tables lack type \(name.tableString)")
        }
        return TypeID(rawValue: UInt16(number))
    }

    private mutating func readInvariants(_ text: UnsafeBufferPointer<UInt8>) {
        var reader = TableReader(text)
        while var record = reader.next() {
            let identifier = record.field()
            invariantNumbers.insert(identifier, owner: 0, UInt32(invariants.count))
            let severity: Invariant.Severity = record.field().equals("warning") ? .warning : .error
            let expression = record.string()
            var key = identifier
            invariants.append(
                Invariant(
                    key: key.cut(at: UInt8(ascii: "#")).tableString, severity: severity, human: record.string(),
                    expression: expression, index: invariants.count))
        }
    }

    /// Numbers the types first, because elements refer to types that stand further down.
    private mutating func readNames(_ text: UnsafeBufferPointer<UInt8>) {
        var reader = TableReader(text)
        var count: UInt32 = 0
        while var record = reader.next() {
            guard !record.isDetail else { continue }
            names.insert(record.field(), owner: 0, count)
            count += 1
        }
        precondition(count < 0x8000, "type numbers have 15 bits")
    }

    private mutating func readTypes(_ text: UnsafeBufferPointer<UInt8>) {
        var reader = TableReader(text)
        var head: TypeHead?
        while var record = reader.next() {
            if record.isDetail, let head {
                _ = record.field()
                readElement(&record, of: head)
            } else {
                if let head { finish(head) }
                head = begin(&record)
            }
        }
        if let head { finish(head) }
    }

    private struct TypeHead {
        var name: String
        var kind: TypeDefinition.Kind
        var isAbstract: Bool
        var base: TypeID?
        var invariants: [Invariant]
        var pattern: String?
        var first: Int
        var id: TypeID
    }

    private mutating func begin(_ record: inout TableRecord) -> TypeHead {
        let name = record.string()
        var kind = record.field()
        let kindName = kind.cut(at: UInt8(ascii: " "))
        let base = record.field()
        let inherited = record.integer()
        let invariants = invariantList(record.field())
        let pattern = record.field()
        let head = TypeHead(
            name: name, kind: Self.kind(kindName), isAbstract: !kind.isEmpty,
            base: base.isEmpty ? nil : typeID(base), invariants: invariants,
            pattern: pattern.isEmpty ? nil : pattern.tableString, first: elements.count,
            id: TypeID(rawValue: UInt16(types.count)))
        if let base = head.base {
            for position in types[Int(base.rawValue)].elements.prefix(inherited) {
                elements.append(elements[position].inherited(by: head.id, named: name))
            }
        }
        return head
    }

    private mutating func finish(_ head: TypeHead) {
        types.append(
            TypeDefinition(
                name: head.name, kind: head.kind, base: head.base, isAbstract: head.isAbstract,
                elements: head.first..<elements.count, invariants: head.invariants, pattern: head.pattern))
    }

    private static func kind(_ text: UnsafeBufferPointer<UInt8>) -> TypeDefinition.Kind {
        if text.equals("backbone") { return .backbone }
        if text.equals("resource") { return .resource }
        return text.equals("primitive") ? .primitive : .complex
    }

    private mutating func readElement(_ record: inout TableRecord, of head: TypeHead) {
        var name = record.field()
        let isChoice = name.last == UInt8(ascii: "]")
        let path = head.name + "." + name.tableString
        if isChoice { name = UnsafeBufferPointer(rebasing: name.dropLast(3)) }
        var cardinality = record.field()
        let min = cardinality.cut(at: UInt8(ascii: ".")).decimal
        let max = UnsafeBufferPointer(rebasing: cardinality.dropFirst())
        let flags = record.field()
        let types = typeList(record.field())
        let binding = binding(record.field())
        elements.append(
            ElementDefinition(
                owner: head.id, name: name.tableString, path: path, isChoice: isChoice, min: min,
                max: max.first == UInt8(ascii: "*") ? nil : max.decimal,
                isSummary: flags.contains(UInt8(ascii: "s")), isModifier: flags.contains(UInt8(ascii: "m")),
                isAttribute: flags.contains(UInt8(ascii: "a")), types: types, binding: binding,
                invariants: invariantList(record.field()), order: elements.count - head.first))
    }

    private mutating func invariantList(_ text: UnsafeBufferPointer<UInt8>) -> [Invariant] {
        guard !text.isEmpty else { return [] }
        if let known = invariantLists[text] { return known }
        let list = text.parts(UInt8(ascii: " ")).map { identifier in
            guard let number = invariantNumbers.value(identifier, owner: 0) else {
                preconditionFailure("the tables name an invariant that they do not define")
            }
            return invariants[Int(number)]
        }
        return invariantLists.keep(list, for: text)
    }

    /// `Reference(Patient,Group)|Quantity<SimpleQuantity>|string`
    private mutating func typeList(_ text: UnsafeBufferPointer<UInt8>) -> [ElementType] {
        guard !text.isEmpty else { return [] }
        if let known = typeLists[text] { return known }
        return typeLists.keep(text.parts(UInt8(ascii: "|")).map(elementType), for: text)
    }

    private func elementType(_ text: UnsafeBufferPointer<UInt8>) -> ElementType {
        var rest = text
        var beforeProfiles = rest.cut(at: UInt8(ascii: "<"))
        let profiles = rest.cut(at: UInt8(ascii: ">")).parts(UInt8(ascii: ","))
        let name = beforeProfiles.cut(at: UInt8(ascii: "("))
        let targets = beforeProfiles.cut(at: UInt8(ascii: ")")).parts(UInt8(ascii: ","))
        return ElementType(
            type: typeID(name), targets: targets.map(typeID),
            profiles: profiles.map { Tables.url($0, "StructureDefinition") })
    }

    private mutating func binding(_ text: UnsafeBufferPointer<UInt8>) -> Binding? {
        guard !text.isEmpty else { return nil }
        if let known = bindings[text] { return known }
        var rest = text
        let strength = rest.cut(at: UInt8(ascii: " "))
        let valueSet = rest.cut(at: UInt8(ascii: " "))
        let binding = Binding(
            strength: Self.strength(strength), valueSet: Tables.url(valueSet, "ValueSet"),
            maximumValueSet: rest.isEmpty ? nil : Tables.url(rest, "ValueSet"))
        return bindings.keep(binding, for: text)
    }

    private static func strength(_ text: UnsafeBufferPointer<UInt8>) -> Binding.Strength {
        if text.equals("required") { return .required }
        if text.equals("extensible") { return .extensible }
        return text.equals("preferred") ? .preferred : .example
    }
}

extension ElementDefinition {
    /// The same element as a type that derives from its owner has it.
    fileprivate func inherited(by type: TypeID, named name: String) -> ElementDefinition {
        ElementDefinition(
            owner: type, name: self.name, path: "\(name).\(self.name)\(isChoice ? "[x]" : "")", isChoice: isChoice,
            min: min, max: max, isSummary: isSummary, isModifier: isModifier, isAttribute: isAttribute,
            types: types, binding: binding, invariants: invariants, order: order)
    }
}
