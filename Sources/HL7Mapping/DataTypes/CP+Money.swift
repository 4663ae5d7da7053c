internal import Foundation
internal import HL7Syntax

/// An exact amount with its currency: MO, and CP whose first component is one. MO[Money].
struct MoneyAmount {
    /// JSON number with the digits that were sent.
    private(set) var number: String
    let currency: String?

    /// Nil where no number stands.
    init?(_ field: Field, _ context: MappingContext) {
        let price = field[repetition: 1][component: 1]
        let text = price[subcomponent: 1].string.cleaned
        guard field.isValued, !text.isEmpty else { return nil }
        guard let number = DecimalText.number(text[...], usesDecimalComma: context.profile.usesDecimalComma) else {
            context.warn(.dataType, at: field.location, "not an amount; left out")
            return nil
        }
        self.number = number
        let stated = price[subcomponent: 2].value?.collapsed.uppercased()
        if let stated, !CurrencyTable.isKnown(stated) {
            context.warn(.tableValueNotFound, at: field.location, "currency not known")
        }
        currency = stated.flatMap { CurrencyTable.isKnown($0) ? $0 : nil } ?? context.profile.currency
    }

    private init(number: String, currency: String?) {
        self.number = number
        self.currency = currency
    }

    var isNegative: Bool { number.hasPrefix("-") }

    /// Without its sign.
    var magnitude: MoneyAmount {
        MoneyAmount(number: isNegative ? String(number.dropFirst()) : number, currency: currency)
    }

    var negated: MoneyAmount { MoneyAmount(number: "-" + magnitude.number, currency: currency) }

    /// So many times the amount; nil beyond what decimals hold exactly.
    func times(_ quantity: String) -> MoneyAmount? {
        guard let left = Decimal(string: number), let right = Decimal(string: quantity) else { return nil }
        let product = left * right
        return product.isNaN ? nil : MoneyAmount(number: "\(product)", currency: currency)
    }

    /// The same amount of money, however many zeros are written.
    func isEqual(to other: MoneyAmount) -> Bool { Decimal(string: number) == Decimal(string: other.number) }

    var value: FHIRValue { .object(["value": .number(number), "currency": currency.map { .string($0) }]) }
}
