import Clinic
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape
import UCUM

/// Values of results, as callers give them and as observations hold them.
enum ResultValue {
    static let units = UCUM()

    /// Quantity, string or CodeableConcept; a number or a numeric text with a unit is a Quantity.
    ///
    /// - Parameters:
    ///   - unit: the unit that was given apart.
    ///   - permitted: data types that the definition permits; empty for all.
    static func read(
        _ choice: ParameterChoice, unit: String?, permitted: Set<String>
    ) throws -> Observation.Value {
        var value = try any(choice, permitted)
        if case .string(let text) = value, let unit, let number = FHIRDecimal(text) {
            value = .quantity(quantity(number, unit))
        } else if case .quantity(var quantity) = value {
            if let unit { try join(&quantity, unit, choice.place) }
            complete(&quantity)
            value = .quantity(quantity)
        } else if unit != nil {
            throw StoreError(
                .businessRule, "only a quantity has a unit", expression: choice.place, details: "value-type")
        }
        return value
    }

    /// Any value that an observation may have.
    static func any(_ choice: ParameterChoice, _ permitted: Set<String> = []) throws -> Observation.Value {
        let node = choice.node
        func model<Element: FHIRElement>(_ type: Element.Type) throws -> Element {
            guard let value = Element(stored: node) else {
                throw OperationParameters.invalid("the value is no \(choice.type)", at: choice.place)
            }
            return value
        }
        switch choice.type {
        case "Quantity", "SimpleQuantity": return .quantity(try model(Quantity.self))
        case "CodeableConcept": return .codeableConcept(try model(CodeableConcept.self))
        case "Coding":
            var concept = CodeableConcept()
            concept.coding = [try model(Coding.self)]
            return .codeableConcept(concept)
        case "Decimal", "Integer", "PositiveInt", "UnsignedInt":
            if let integer = node.integer, permitted.contains("integer"), !permitted.contains("Quantity") {
                return .integer(integer)
            }
            if let number = node.numberText.flatMap({ FHIRDecimal($0) }) { return .quantity(quantity(number, nil)) }
        case "String", "Markdown", "Code", "Id": if let text = node.string { return .string(text) }
        case "Boolean": if let bool = node.bool { return .boolean(bool) }
        case "Date", "DateTime", "Instant":
            if let time = node.string.flatMap({ FHIRDateTime($0) }) { return .dateTime(time) }
        case "Time": if let time = node.string.flatMap({ FHIRTime($0) }) { return .time(time) }
        case "Period": return .period(try model(Period.self))
        case "Range": return .range(try model(FHIRRange.self))
        case "Ratio": return .ratio(try model(Ratio.self))
        default: break
        }
        throw OperationParameters.invalid("a value of this type is no result", at: choice.place)
    }

    /// The data type by its name in ObservationDefinition.permittedDataType.
    static func type(_ value: Observation.Value) -> String {
        switch value {
        case .quantity: "Quantity"
        case .codeableConcept: "CodeableConcept"
        case .string: "string"
        case .boolean: "boolean"
        case .integer: "integer"
        case .range: "Range"
        case .ratio: "Ratio"
        case .sampledData: "SampledData"
        case .time: "time"
        case .dateTime: "dateTime"
        case .period: "Period"
        }
    }

    /// The unit that a quantity says it has, as UCUM would write it.
    static func unit(_ quantity: Quantity) -> String? {
        if let code = quantity.code, quantity.system == nil || quantity.system == UCUM.system { return code }
        return quantity.unit
    }

    static func isUnit(_ text: String) -> Bool { (try? units.unit(text)) != nil }

    private static func quantity(_ number: FHIRDecimal, _ unit: String?) -> Quantity {
        var quantity = Quantity()
        quantity.value = number
        quantity.unit = unit
        complete(&quantity)
        return quantity
    }

    private static func join(_ quantity: inout Quantity, _ unit: String, _ place: String) throws {
        if let own = Self.unit(quantity), own != unit, quantity.unit != unit {
            throw StoreError(
                .businessRule, "the quantity has another unit than the one beside it", expression: place,
                details: "unit-mismatch")
        }
        if quantity.unit == nil { quantity.unit = unit }
    }

    /// A unit that UCUM knows gets its code; the number stays as it is.
    private static func complete(_ quantity: inout Quantity) {
        guard quantity.system == nil, let text = quantity.code ?? quantity.unit, isUnit(text) else { return }
        quantity.system = UCUM.system
        quantity.code = text
        if quantity.unit == nil { quantity.unit = text }
    }
}
