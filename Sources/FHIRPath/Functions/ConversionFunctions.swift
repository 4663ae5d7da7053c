/// Conversion between the system's types (FHIRPath 2.0 §5.5): `toX`, which is empty where it does not convert, and
/// `convertsToX`, which tells.
extension FunctionLibrary {
    static let conversion: [String: FunctionDefinition] = {
        var functions: [String: FunctionDefinition] = [:]
        for type in SystemType.allCases {
            let arguments = type == .quantity ? 0...1 : 0...0
            functions["to" + type.rawValue] = FunctionDefinition(arguments) { call throws(FHIRPathError) in
                .item(try converted(call, to: type))
            }
            functions["convertsTo" + type.rawValue] = FunctionDefinition(arguments) { call throws(FHIRPathError) in
                call.input.isEmpty ? .none : .boolean(try converted(call, to: type) != nil)
            }
        }
        return functions
    }()

    private static func converted(_ call: Call, to type: SystemType) throws(FHIRPathError) -> Item? {
        guard let item = try call.single(), let value = call.evaluation.value(item) else { return nil }
        switch type {
        case .boolean: return boolean(value).map { .boolean($0) }
        case .integer: return integer(value).map { .integer($0) }
        case .decimal: return decimal(value).map { .decimal($0) }
        case .string: return call.evaluation.text(value).map { .string($0) }
        case .date, .dateTime, .time: return temporal(value, type).map { .temporal($0) }
        case .quantity: return try quantity(value, call).map { .quantity($0) }
        }
    }

    private static func boolean(_ value: Item) -> Bool? {
        switch value {
        case .boolean(let flag): return flag
        case .string(let text):
            switch text.lowercased() {
            case "true", "t", "yes", "y", "1", "1.0": return true
            case "false", "f", "no", "n", "0", "0.0": return false
            default: return nil
            }
        default:
            guard let number = value.decimal?.integer else { return nil }
            return number == 1 ? true : number == 0 ? false : nil
        }
    }

    private static func integer(_ value: Item) -> Int? {
        switch value {
        case .boolean(let flag): return flag ? 1 : 0
        case .integer(let number): return number
        case .string(let text):
            guard !text.utf8.contains(UInt8(ascii: ".")), !text.utf8.contains(where: { $0 | 0x20 == UInt8(ascii: "e") })
            else { return nil }
            return ExactDecimal(text)?.integer
        default: return nil
        }
    }

    private static func decimal(_ value: Item) -> ExactDecimal? {
        switch value {
        case .boolean(let flag): return flag ? ExactDecimal(10, scale: 1) : ExactDecimal(0, scale: 1)
        case .string(let text): return ExactDecimal(text)
        default: return value.decimal
        }
    }

    private static func temporal(_ value: Item, _ type: SystemType) -> Temporal? {
        switch value {
        case .temporal(let temporal):
            switch (temporal.kind, type) {
            case (.date, .date), (.dateTime, .dateTime), (.time, .time): return temporal
            case (.dateTime, .date): return temporal.datePart
            case (.date, .dateTime):
                var dateTime = temporal
                dateTime.kind = .dateTime
                return dateTime
            default: return nil
            }
        case .string(let text):
            if type == .time { return Temporal(time: text) }
            guard !text.utf8.contains(UInt8(ascii: "T")) || text.utf8.last != UInt8(ascii: "T"),
                var temporal = Temporal(dateOrDateTime: text)
            else { return nil }
            if type == .date { return temporal.datePart }
            temporal.kind = .dateTime
            return temporal
        default: return nil
        }
    }

    private static func quantity(_ value: Item, _ call: Call) throws(FHIRPathError) -> Quantity? {
        let quantity: Quantity?
        switch value {
        case .boolean(let flag):
            quantity = Quantity(value: flag ? ExactDecimal(10, scale: 1) : ExactDecimal(0, scale: 1), unit: .one)
        case .string(let text): quantity = Quantity(text)
        default: quantity = value.quantity
        }
        guard let quantity, let unit = try call.stringArgument(0) else { return quantity }
        let target = CalendarUnit.words[unit].map { Quantity.Unit.calendar($0) } ?? .ucum(unit)
        return call.evaluation.convert(quantity, to: target)
    }
}

extension Evaluation {
    /// The text of a value as `toString` gives it; nil for elements that are no primitives.
    package func text(_ item: Item) -> String? {
        switch value(item) {
        case .string(let text): text
        case .boolean(let flag): flag ? "true" : "false"
        case .integer(let number): String(number)
        case .decimal(let number): number.description
        case .temporal(let value): value.description
        case .quantity(let value): value.description
        case .node, .type, nil: nil
        }
    }
}
