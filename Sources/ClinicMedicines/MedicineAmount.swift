import Clinic
import FHIRModel
import FHIRStore
import JSONTape

/// How much of a medicine or an item: a number with its digits, and the unit as far as it is stated.
struct MedicineAmount: Sendable {
    /// A JSON number.
    let value: FHIRDecimal
    /// `unit`, `system` and `code` of the Quantity, those that it has.
    let unit: [(name: String, text: String)]

    init(_ value: FHIRDecimal, unit: [(name: String, text: String)] = []) {
        self.value = value
        self.unit = unit
    }

    /// Reads a Quantity, or a bare number; nil for anything else.
    init?(_ node: JSONNode?) {
        guard let node else { return nil }
        if let text = node.numberText, let value = FHIRDecimal(text) {
            self.init(value)
            return
        }
        guard let text = node["value"]?.numberText, let value = FHIRDecimal(text), node["comparator"] == nil else {
            return nil
        }
        self.init(
            value,
            unit: ["unit", "system", "code"].compactMap { name in
                node[named: name]?.string.map { (name, $0) }
            })
    }

    /// A parameter's amount; throws `StoreError` (400) where it is none, or not above zero.
    ///
    /// - Parameter isSigned: whether it may be below zero.
    init(_ parameters: OperationParameters, _ name: String, isSigned: Bool = false) throws {
        let place = parameters.place(of: name).map { $0 + ".value" }
        guard let amount = MedicineAmount(parameters.value(name)) else {
            throw OperationParameters.invalid("the parameter \(name) is a quantity with a value", at: place)
        }
        // The ledger adds up exactly; what has more digits than any medicine is counted in is a mistake.
        guard amount.value.text.utf8.count <= 30, amount.value < FHIRDecimal(1_000_000_000_000),
            FHIRDecimal(-1_000_000_000_000) < amount.value,
            !amount.value.text.utf8.contains(where: { $0 | 0x20 == 0x65 })
        else { throw OperationParameters.invalid("the parameter \(name) has too many digits", at: place) }
        guard isSigned ? amount.value != FHIRDecimal(0) : FHIRDecimal(0) < amount.value else {
            throw OperationParameters.invalid(
                isSigned ? "the parameter \(name) is not zero" : "the parameter \(name) is above zero", at: place)
        }
        self = amount
    }

    var isNegative: Bool { value < FHIRDecimal(0) }
    /// The number without its sign.
    var magnitude: String { value.text.hasPrefix("-") ? String(value.text.dropFirst()) : value.text }

    /// Code and name of the unit as the ledger keeps them.
    var unitJSON: String {
        let json = ResourceEdit.json { writer in
            writer.beginObject()
            for (name, text) in unit where name != "system" {
                writer.key(named: name)
                writer.string(text)
            }
            writer.endObject()
        }
        return String(decoding: json, as: UTF8.self)
    }

    /// The Quantity as JSON.
    var json: [UInt8] {
        ResourceEdit.json { writer in
            writer.beginObject()
            writer.key("value")
            writer.raw(value.text.utf8)
            for (name, text) in unit {
                writer.key(named: name)
                writer.string(text)
            }
            writer.endObject()
        }
    }
}
