import Clinic
import FHIRStore
import JSONTape

/// What a claim's items come to. https://hl7.org/fhir/R4/claim.html
struct ClaimSum: Sendable {
    let items: [ClaimItem]
    let total: Amount

    /// Throws `StoreError` (422 claim-sum) where an item is not its price times quantity, or the total not the sum.
    init(_ claim: JSONNode) throws {
        let nodes = claim["item"]?.items ?? []
        let codes = Set(
            nodes.flatMap { [$0["net"], $0["unitPrice"]].compactMap { $0?["currency"]?.string } }
                + [claim["total"]?["currency"]?.string].compactMap(\.self))
        guard codes.count == 1, let code = codes.first else {
            throw codes.isEmpty ? Self.wrong("a claim has items with prices", "Claim.item") : InvoiceSum.mixedCurrency
        }
        let currency = Currency(code)
        items = try nodes.enumerated().map { try Self.item($0.element, $0.offset, currency) }
        var sum = 0
        for item in items {
            let (next, overflows) = sum.addingReportingOverflow(item.net.minor)
            guard !overflows else { throw ExactDecimal.outOfRange }
            sum = next
        }
        if let stated = claim["total"] {
            guard Amount(stated)?.minor == sum else {
                throw Self.wrong("Claim.total is the sum of the items", "Claim.total")
            }
        }
        total = Amount(sum, currency)
    }

    private static func item(_ node: JSONNode, _ position: Int, _ currency: Currency) throws -> ClaimItem {
        let place = "Claim.item[\(position)]"
        var reckoned: Int?
        if let price = node["unitPrice"]?["value"]?.numberText {
            guard var product = ExactDecimal(price) else { throw ExactDecimal.outOfRange }
            for text in [node["quantity"]?["value"]?.numberText, node["factor"]?.numberText] {
                guard let text else { continue }
                guard let factor = ExactDecimal(text) else { throw ExactDecimal.outOfRange }
                product = try product.times(factor)
            }
            reckoned = try product.rounded(toDecimals: currency.exponent)
        }
        var net = reckoned
        if let stated = node["net"] {
            guard let amount = Amount(stated), reckoned == nil || reckoned == amount.minor else {
                throw wrong("an item's net is its unit price times quantity and factor", place + ".net")
            }
            net = amount.minor
        }
        guard let net else { throw wrong("an item has a price", place + ".net") }
        let codes = (node["productOrService"]?["coding"]?.items ?? []).compactMap { $0["code"]?.string }
        return ClaimItem(
            sequence: node["sequence"]?.integer ?? position + 1, net: Amount(net, currency), codes: Set(codes))
    }

    private static func wrong(_ message: String, _ place: String) -> StoreError {
        StoreError(.businessRule, message, expression: place, details: "claim-sum")
    }
}
