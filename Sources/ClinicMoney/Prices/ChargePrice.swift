import Clinic
import FHIRFormats
import FHIRStore
import JSONTape

/// What charges cost: the price that was in force when the service was rendered, or the one that overrides it.
struct ChargePricing: Sendable {
    private let transaction: StoreTransaction
    private let now: Instant

    init(_ work: ClinicWork) {
        transaction = work.transaction
        now = work.now
    }

    /// The price components of an invoice line for each charge; none for a charge without a price.
    func lines(of charges: [JSONNode]) async throws -> [[PriceComponent]] {
        let list = PriceList(transaction)
        let currency = try await MoneySettings.currency.text(in: transaction)
        let named = try await list.definitions(canonicals: charges.flatMap(Self.canonicals))
        let codes: [PriceList.Wanted] = charges.enumerated().flatMap { key, charge in
            Self.canonicals(charge).contains { named[$0] != nil } ? [] : wanted(charge, key)
        }
        let listed = try await list.prices(codes)
        return try charges.enumerated().map { key, charge in
            let price = Self.canonicals(charge).lazy.compactMap { named[$0] }.first ?? listed[key]?.price
            return try Self.line(of: charge, price, currency: currency)
        }
    }

    private static func canonicals(_ charge: JSONNode) -> [String] {
        (charge["definitionCanonical"]?.items ?? []).compactMap(\.string)
    }

    private func wanted(_ charge: JSONNode, _ key: Int) -> [PriceList.Wanted] {
        let time = charge["occurrenceDateTime"]?.string ?? charge["occurrencePeriod"]?["start"]?.string
        let at = time.flatMap { Instant(startOf: $0) } ?? now
        return (charge["code"]?["coding"]?.items ?? []).compactMap { coding in
            coding["code"]?.string.map {
                PriceList.Wanted(key: key, system: coding["system"]?.string ?? "", code: $0, at: at)
            }
        }
    }

    // MARK: - One charge

    /// The unit price is a base component with the quantity as its factor; `priceOverride` is a total, of which only
    /// tax is reckoned by the definition.
    static func line(of charge: JSONNode, _ price: ListPrice?, currency standard: String) throws -> [PriceComponent] {
        let components = price?.components ?? []
        var line: [PriceComponent] = []
        if let override = charge["priceOverride"], let total = override["value"]?.numberText {
            guard let amount = ExactDecimal(total) else { throw ExactDecimal.outOfRange }
            line.append(PriceComponent(.base, amount: amount, currency: override["currency"]?.string ?? standard))
        } else {
            let quantity = try quantity(of: charge)
            for component in components where component.kind == .base {
                var base = component
                base.factor = try quantity.times(component.factor ?? .one)
                base.currency = component.currency ?? standard
                line.append(base)
            }
            guard let currency = line.first?.currency else { return [] }
            line += try adjustments(components, to: line, quantity, Currency(currency))
        }
        guard let currency = line.first?.currency else { return [] }
        return line + (try taxes(components, of: line, Currency(currency)))
    }

    private static func quantity(of charge: JSONNode) throws -> ExactDecimal {
        var quantity = ExactDecimal.one
        for text in [charge["quantity"]?["value"]?.numberText, charge["factorOverride"]?.numberText] {
            guard let text else { continue }
            guard let number = ExactDecimal(text) else { throw ExactDecimal.outOfRange }
            quantity = try quantity.times(number)
        }
        return quantity
    }

    /// Surcharges and discounts of the definition, in money: an amount is of one unit, a factor of the base.
    private static func adjustments(
        _ components: [PriceComponent], to bases: [PriceComponent], _ quantity: ExactDecimal, _ currency: Currency
    ) throws -> [PriceComponent] {
        var base = ExactDecimal.zero
        for component in bases { base = try base.plus((component.amount ?? .zero).times(component.factor ?? .one)) }
        return try components.compactMap { component in
            guard [.surcharge, .discount, .deduction].contains(component.kind) else { return nil }
            let exact = try component.amount?.times(quantity) ?? base.times(component.factor ?? .zero)
            var adjustment = component
            adjustment.amount = ExactDecimal(
                try exact.rounded(toDecimals: currency.exponent), scale: currency.exponent)
            adjustment.currency = currency.code
            return adjustment
        }
    }

    /// The taxes of the definition on what a line comes to.
    private static func taxes(
        _ components: [PriceComponent], of line: [PriceComponent], _ currency: Currency
    ) throws -> [PriceComponent] {
        let net = ExactDecimal(try LineSum(line, decimals: currency.exponent).net, scale: currency.exponent)
        return try components.compactMap { component in
            guard component.kind == .tax, let factor = component.factor else { return nil }
            var tax = component
            tax.amount = ExactDecimal(
                try net.times(factor).rounded(toDecimals: currency.exponent), scale: currency.exponent)
            tax.currency = currency.code
            return tax
        }
    }
}
