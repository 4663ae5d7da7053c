import FHIRStore
import JSONTape

/// What an invoice's lines come to. The database checks the same, see `InvoiceSumSQL`.
struct InvoiceSum: Hashable, Sendable {
    let currency: Currency
    let net: Int
    let tax: Int

    var gross: Int { net + tax }
    var netAmount: Amount { Amount(net, currency) }
    var grossAmount: Amount { Amount(gross, currency) }

    init(lines: [[PriceComponent]], currency: Currency) throws {
        var (net, tax) = (0, 0)
        for line in lines {
            let sum = try LineSum(line, decimals: currency.exponent)
            let (newNet, netOverflows) = net.addingReportingOverflow(sum.net)
            let (newTax, taxOverflows) = tax.addingReportingOverflow(sum.tax)
            guard !netOverflows, !taxOverflows else { throw ExactDecimal.outOfRange }
            (net, tax) = (newNet, newTax)
        }
        guard !net.addingReportingOverflow(tax).overflow else { throw ExactDecimal.outOfRange }
        self.currency = currency
        self.net = net
        self.tax = tax
    }

    /// Of an Invoice; nil where no line has a price.
    ///
    /// - Parameter standard: the currency where none is stated.
    init?(invoice: JSONNode, standard: String) throws {
        let lines = Self.lines(of: invoice)
        guard lines.contains(where: { !$0.isEmpty }) else { return nil }
        let codes = Set(lines.joined().filter { $0.kind != .informational }.compactMap(\.currency))
        guard codes.count <= 1 else { throw Self.mixedCurrency }
        try self.init(lines: lines, currency: Currency(codes.first ?? standard))
    }

    static func lines(of invoice: JSONNode) -> [[PriceComponent]] {
        (invoice["lineItem"]?.items ?? []).map { line in
            (line["priceComponent"]?.items ?? []).compactMap(PriceComponent.init)
        }
    }

    static var mixedCurrency: StoreError {
        StoreError(
            .businessRule, "an invoice is in one currency",
            expression: "Invoice.lineItem.priceComponent.amount.currency",
            details: "mixed-currency")
    }
}
