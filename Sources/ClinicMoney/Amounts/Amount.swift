import Clinic
import FHIRModel
import FHIRStore
import JSONTape

/// An amount of money: a whole number of the currency's smaller units.
struct Amount: Hashable, Sendable {
    var minor: Int
    let currency: Currency

    init(_ minor: Int, _ currency: Currency) {
        self.minor = minor
        self.currency = currency
    }

    /// Reads a Money; nil if value or currency are missing, or if the value is no whole number of smaller units.
    init?(_ money: JSONNode?) {
        guard let code = money?["currency"]?.string, let text = money?["value"]?.numberText else { return nil }
        let currency = Currency(code)
        guard let minor = ExactDecimal(text)?.exact(toDecimals: currency.exponent) else { return nil }
        self.init(minor, currency)
    }

    /// `12.50`
    var text: String { decimal.text }
    var decimal: ExactDecimal { ExactDecimal(minor, scale: currency.exponent) }

    /// The Money element.
    var money: Money {
        var money = Money()
        money.value = FHIRDecimal(text)
        money.currency = currency.code
        return money
    }

    /// The Money element as JSON.
    var json: [UInt8] {
        ResourceEdit.json { writer in
            writer.beginObject()
            writer.key("value")
            writer.raw(text.utf8)
            writer.member("currency", currency.code)
            writer.endObject()
        }
    }
}

extension OperationParameters {
    /// A Money that is more than nothing.
    ///
    /// Throws `StoreError` (400) where value or currency are missing, where the value has more decimals than the
    /// currency, and where it is not above zero.
    func amount(_ name: String) throws -> Amount? {
        guard has(name) else { return nil }
        guard let amount = Amount(value(name)) else {
            throw Self.invalid(
                "the parameter \(name) is a Money with a currency and no more decimals than it has",
                at: place(of: name).map { $0 + ".value" })
        }
        guard amount.minor > 0 else {
            throw Self.invalid("the parameter \(name) is above zero", at: place(of: name).map { $0 + ".value" })
        }
        return amount
    }
}
