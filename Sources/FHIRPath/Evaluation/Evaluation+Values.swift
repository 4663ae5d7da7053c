import FHIRDefinitions
import JSONTape

/// What elements are worth as values of the system's types (R4 fhirpath.html#types).
extension Evaluation {
    /// A primitive or Quantity as a system value; what is one already as it is; nil for all else, and for primitives
    /// without a value.
    func value(_ item: Item) -> Item? {
        guard case .node(let node) = item else { return item }
        return value(node)
    }

    func value(_ node: Node) -> Item? {
        let kind = schema.kind(node.type)
        guard let index = node.value, kind != .complex else { return nil }
        let document = document(of: node)
        switch document.kind(index) {
        case .true: return .boolean(true)
        case .false: return .boolean(false)
        case .number: return number(document.rawText(index), kind)
        case .string, .escapedString: return text(document, index, kind)
        case .object where kind == .quantity: return quantity(document, index).map { .quantity($0) }
        default: return nil
        }
    }

    private func number(_ text: UnsafeBufferPointer<UInt8>, _ kind: ValueKind) -> Item? {
        if kind == .integer, let integer = Int(String(decoding: text, as: UTF8.self)) { return .integer(integer) }
        return ExactDecimal(text).map { .decimal($0) }
    }

    private func text(_ document: Document, _ index: Document.Index, _ kind: ValueKind) -> Item? {
        switch kind {
        case .date, .dateTime:
            guard var value = Temporal(dateOrDateTime: document.rawText(index)) else { break }
            if kind == .dateTime { value.kind = .dateTime }
            return .temporal(value)
        case .time:
            guard let value = Temporal(time: document.rawText(index)) else { break }
            return .temporal(value)
        default: break
        }
        // A value that its type does not allow is still a text.
        return .string(document.string(index))
    }

    /// A Quantity's number and unit: UCUM's code where it has one, whose codes of calendar units mean those (R4
    /// fhirpath.html#quantity); else the unit's text.
    private func quantity(_ document: Document, _ index: Document.Index) -> Quantity? {
        guard let number = document.member("value", of: index), let value = ExactDecimal(document.rawText(number)),
            // A comparator makes it a range of numbers.
            document.member("comparator", of: index) == nil
        else { return nil }
        let code = document.member("code", of: index).map { document.string($0) }
        if let system = document.member("system", of: index), let code {
            guard document.isString(system, equalTo: "http://unitsofmeasure.org") else {
                return Quantity(value: value, unit: .other(document.string(system) + "|" + code))
            }
            if let calendar = CalendarUnit(ucum: code), calendar.isIndefinite {
                return Quantity(value: value, unit: .calendar(calendar))
            }
            return Quantity(value: value, unit: .ucum(code))
        }
        let unit = document.member("unit", of: index).map { document.string($0) } ?? code
        return Quantity(value: value, unit: unit.map { .other($0) } ?? .one)
    }

    /// The text of a String, or of an element that is one.
    func string(_ item: Item) -> String? {
        switch item {
        case .string(let text): text
        case .node(let node):
            if let index = node.value, schema.kind(node.type).isPrimitive,
                [.string, .escapedString].contains(document(of: node).kind(index))
            {
                document(of: node).string(index)
            } else {
                nil
            }
        default: nil
        }
    }

    /// A Boolean, or the value of an element that is one.
    @inline(__always)
    func boolean(_ item: Item) -> Bool? {
        switch item {
        case .boolean(let value): return value
        case .node(let node):
            guard let index = node.value else { return nil }
            switch document(of: node).kind(index) {
            case .true: return true
            case .false: return false
            default: return nil
            }
        default: return nil
        }
    }

    /// The collection as a Boolean: one item that is none counts as true (FHIRPath 2.0 §4.5).
    @inline(__always)
    func truth(_ items: Items) throws(FHIRPathError) -> Bool? {
        switch items {
        case .none: return nil
        case .one(let item): return boolean(item) ?? true
        case .many: throw FHIRPathError(.notSingle, "several items where one Boolean is expected")
        }
    }

    /// The type of an item for reflection and messages.
    package func typeName(_ item: Item) -> TypeName {
        switch item {
        case .node(let node): return TypeName(namespace: "FHIR", name: elementTypeName(node.type))
        case .type: return TypeName(namespace: "System", name: "TypeInfo")
        default: return TypeName(namespace: "System", name: item.systemType?.rawValue ?? "Any")
        }
    }

    /// The type's name; of the content of a backbone element the type that it derives from.
    private func elementTypeName(_ type: TypeID) -> String {
        let definition = schema.definitions[type]
        guard definition.kind == .backbone, let base = definition.base else { return definition.name }
        return schema.definitions.name(of: base)
    }

    /// Whether an item is of a type, or of one that derives from it.
    func item(_ item: Item, is match: TypeMatch) -> Bool {
        switch item {
        case .node(let node): match.fhir.map { schema.definitions.isKind(node.type, of: $0) } ?? false
        case .type: false
        default: match.system != nil && item.systemType == match.system
        }
    }
}
