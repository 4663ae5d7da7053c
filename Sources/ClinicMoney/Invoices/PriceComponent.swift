import Clinic
import JSONTape

/// One component of a line's price. https://hl7.org/fhir/R4/invoice.html#Invoice.lineItem.priceComponent
struct PriceComponent: Sendable {
    enum Kind: String, Sendable {
        case base, surcharge, deduction, discount, tax, informational
    }

    var kind: Kind
    /// The CodeableConcept as JSON.
    var code: [UInt8]?
    /// Of a base price the quantity; of another component the part of what it is reckoned from.
    var factor: ExactDecimal?
    /// Of a base price the unit price; of another component what it comes to.
    var amount: ExactDecimal?
    var currency: String?

    init(
        _ kind: Kind, amount: ExactDecimal? = nil, factor: ExactDecimal? = nil, currency: String?, code: [UInt8]? = nil
    ) {
        self.kind = kind
        self.code = code
        self.factor = factor
        self.amount = amount
        self.currency = currency
    }

    /// Nil for a component of no kind that R4 knows.
    init?(_ node: JSONNode) {
        guard let kind = node["type"]?.string.flatMap(Kind.init(rawValue:)) else { return nil }
        self.init(
            kind, amount: node["amount"]?["value"]?.numberText.flatMap { ExactDecimal($0) },
            factor: node["factor"]?.numberText.flatMap { ExactDecimal($0) },
            currency: node["amount"]?["currency"]?.string, code: node["code"]?.source)
    }

    var json: [UInt8] {
        ResourceEdit.json { writer in
            writer.beginObject()
            writer.member("type", kind.rawValue)
            if let code {
                writer.key("code")
                writer.raw(code)
            }
            if let factor {
                writer.key("factor")
                writer.raw(factor.text.utf8)
            }
            if let amount {
                writer.key("amount")
                writer.beginObject()
                writer.key("value")
                writer.raw(amount.text.utf8)
                if let currency { writer.member("currency", currency) }
                writer.endObject()
            }
            writer.endObject()
        }
    }
}
