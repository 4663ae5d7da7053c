/// A discount on an invoice, shared out among its lines so that tax is reckoned on what is left of each.
struct InvoiceDiscount: Sendable {
    enum Size: Sendable {
        case percent(ExactDecimal)
        /// Smaller units of the currency.
        case amount(Int)
    }

    private let size: Size
    private let code: [UInt8]?
    private let currency: Currency

    /// - Parameter code: why it is given, a CodeableConcept as JSON.
    init(_ size: Size, code: [UInt8]?, currency: Currency) {
        self.size = size
        self.code = code
        self.currency = currency
    }

    /// The lines with the discount; lines of nothing or less stay as they are.
    ///
    /// - Parameter net: what the lines come to.
    func applied(to lines: [[PriceComponent]], net: Int) throws -> [[PriceComponent]] {
        let sums = try lines.map { try LineSum($0, decimals: currency.exponent) }
        let shares = try shares(of: sums.map(\.net))
        return try zip(lines, zip(sums, shares)).map { line, sumAndShare in
            let (sum, share) = sumAndShare
            guard share > 0 else { return line }
            let discount = PriceComponent(
                .discount, amount: ExactDecimal(share, scale: currency.exponent), factor: factor,
                currency: currency.code, code: code)
            return try taxed(line + [discount], before: sum, net: sum.net - share)
        }
    }

    private var factor: ExactDecimal? {
        guard case .percent(let percent) = size else { return nil }
        return try? percent.times(ExactDecimal(1, scale: 2))
    }

    /// A percentage of each line, rounded; an amount in proportion, the last units to the largest remainders.
    private func shares(of nets: [Int]) throws -> [Int] {
        switch size {
        case .percent:
            let factor = factor ?? .zero
            return try nets.map { net in
                guard net > 0 else { return 0 }
                return try ExactDecimal(net, scale: currency.exponent).times(factor).rounded(
                    toDecimals: currency.exponent)
            }
        case .amount(let amount):
            let positive = nets.map { Int128(max($0, 0)) }
            let total = positive.reduce(0, +)
            guard total > 0 else { return nets.map { _ in 0 } }
            let exact = positive.map { ($0 * Int128(amount)).quotientAndRemainder(dividingBy: total) }
            var shares = exact.map { Int($0.quotient) }
            let left = amount - shares.reduce(0, +)
            let order = shares.indices.sorted { (exact[$0].remainder, $1) > (exact[$1].remainder, $0) }
            for index in order.prefix(max(left, 0)) { shares[index] += 1 }
            return shares
        }
    }

    /// Tax again, on what is left: by its factor, else in proportion.
    private func taxed(_ line: [PriceComponent], before: LineSum, net: Int) throws -> [PriceComponent] {
        let left = ExactDecimal(net, scale: currency.exponent)
        return try line.map { component in
            guard component.kind == .tax else { return component }
            var tax = component
            if let factor = component.factor {
                let value = try left.times(factor).rounded(toDecimals: currency.exponent)
                tax.amount = ExactDecimal(value, scale: currency.exponent)
            } else if let amount = component.amount, before.net != 0 {
                let minor = Int128(try amount.rounded(toDecimals: currency.exponent)) * Int128(net)
                let half = Int128(before.net.magnitude)
                let value = (minor.magnitude * 2 + UInt128(half)) / (UInt128(half) * 2)
                let isNegative = (minor < 0) != (before.net < 0)
                tax.amount = ExactDecimal(isNegative ? -Int(value) : Int(value), scale: currency.exponent)
            }
            return tax
        }
    }
}
