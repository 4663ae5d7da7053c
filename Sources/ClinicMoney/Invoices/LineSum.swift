import JSONTape

/// What one line of an invoice comes to, in smaller units of the currency (docs/decisions/0030-money-rounding.md).
///
/// 1. Base: Σ unit price × quantity.
/// 2. Discounts and deductions are taken off, surcharges added: the stated amounts, else the base × the factor.
/// 3. The result is rounded once: the line's net.
/// 4. Tax: Σ stated amounts, else net × factor; rounded once.
struct LineSum: Hashable, Sendable {
    var net: Int
    var tax: Int

    /// Throws `StoreError` (422) for more digits than can be calculated with.
    init(_ components: [PriceComponent], decimals: Int) throws {
        var base = ExactDecimal.zero
        for component in components where component.kind == .base {
            base = try base.plus((component.amount ?? .zero).times(component.factor ?? .one))
        }
        var exact = base
        for component in components {
            let part = try component.amount ?? base.times(component.factor ?? .zero)
            switch component.kind {
            case .surcharge: exact = try exact.plus(part)
            case .discount, .deduction: exact = try exact.minus(part)
            case .base, .tax, .informational: break
            }
        }
        net = try exact.rounded(toDecimals: decimals)
        let reckoned = ExactDecimal(net, scale: decimals)
        var exactTax = ExactDecimal.zero
        for component in components where component.kind == .tax {
            exactTax = try exactTax.plus(component.amount ?? reckoned.times(component.factor ?? .zero))
        }
        tax = try exactTax.rounded(toDecimals: decimals)
    }
}
