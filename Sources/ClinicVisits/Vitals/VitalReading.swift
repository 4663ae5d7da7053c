import Clinic
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape

/// One reading of `$record-vitals`, in the unit in which it is kept.
struct VitalReading: Sendable {
    enum Value: Sendable {
        case quantity(FHIRDecimal)
        case text(String)
        case concept([UInt8])
    }

    /// Nil for what the server does not know; it is stored as it came.
    let sign: VitalSign?
    let code: CodeableConcept
    let value: Value
    /// What the value was measured in, where the sign is not known.
    let quantity: Quantity?
    let time: String
    let place: String

    init(_ group: OperationParameters, position: Int, now: String) throws {
        place = "Parameters.parameter.where(name='readings')[\(position)]"
        guard let concept = group.concept("code") else {
            throw OperationParameters.invalid("a reading has a code", at: place)
        }
        var code = try CodeableConcept(json: concept)
        // A bare code is one of LOINC's.
        if code.coding.isEmpty, let text = code.text, VitalSign.all[text] != nil { code = .of(VitalSign.loinc, text) }
        sign = VitalSign.of(code)
        self.code = sign.map(\.concept) ?? code
        if try group.instant("time") != nil, let text = group.text("time") { time = text } else { time = now }
        if let quantity = try? group.element("value", Quantity.self), quantity.value != nil {
            (value, self.quantity) = try Self.converted(quantity, sign, at: place + ".value")
        } else if sign != nil {
            throw StoreError(
                .businessRule, "\(code.coding.first?.code ?? "a vital sign") is measured as a Quantity",
                expression: place + ".value", details: "unit-missing")
        } else if let text = group.text("value") {
            (value, quantity) = (.text(text), nil)
        } else if let concept = group.concept("value") {
            (value, quantity) = (.concept(concept), nil)
        } else {
            throw OperationParameters.invalid("a reading has a value", at: place)
        }
    }

    private static func converted(
        _ quantity: Quantity, _ sign: VitalSign?, at place: String
    ) throws -> (Value, Quantity?) {
        guard let number = quantity.value else {
            throw OperationParameters.invalid("a Quantity has a value", at: place)
        }
        guard let sign else { return (.quantity(number), quantity) }
        guard let unit = quantity.code ?? quantity.unit else {
            throw StoreError(
                .businessRule, "the unit is missing: \(sign.code) is kept in \(sign.unit)", expression: place,
                details: "unit-missing")
        }
        guard let value = VitalUnits.convert(number.text, from: unit, to: sign.unit) else {
            throw StoreError(
                .businessRule, "the unit cannot be converted: \(sign.code) is kept in \(sign.unit)", expression: place,
                details: "unit-mismatch")
        }
        return (.quantity(value), nil)
    }

    /// The value as a Quantity in UCUM.
    func quantity(_ number: FHIRDecimal) -> Quantity {
        if let quantity { return quantity }
        var quantity = Quantity()
        quantity.value = number
        quantity.unit = sign?.unit
        quantity.system = "http://unitsofmeasure.org"
        quantity.code = sign?.unit
        return quantity
    }
}
