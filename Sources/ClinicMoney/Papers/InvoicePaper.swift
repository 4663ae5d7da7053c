import Clinic
import FHIRStore
import JSONTape
import PostgreSQL

/// An invoice as it is handed out. Its totals are those of the resource.
struct InvoicePaper: Sendable {
    struct Line: Sendable {
        var text: String
        var quantity: String
        var unitPrice: String
        /// Discounts and surcharges together; empty for none.
        var adjustment: String
        var net: Amount
        var tax: Amount
    }

    let invoice: StoredResource
    let currency: Currency
    let lines: [Line]
    let net: Amount?
    let gross: Amount?
    let paid: Amount

    init(_ invoice: StoredResource, _ work: ClinicWork) async throws {
        let node = invoice.node
        let standard = try await MoneySettings.currency.text(in: work.transaction)
        let sum = try InvoiceSum(invoice: node, standard: standard)
        let currency = Amount(node["totalGross"])?.currency ?? sum?.currency ?? Currency(standard)
        self.invoice = invoice
        self.currency = currency
        net = Amount(node["totalNet"]) ?? sum?.netAmount
        gross = Amount(node["totalGross"]) ?? sum?.grossAmount
        paid = Amount(try await MoneyLedger(work).paidUnlocked(invoice.reference), currency)
        let items = node["lineItem"]?.items ?? []
        let names = try await Self.names(items, work)
        lines = try zip(items, names).map { item, name in
            let components = (item["priceComponent"]?.items ?? []).compactMap(PriceComponent.init)
            let result = try LineSum(components, decimals: currency.exponent)
            let base = components.first { $0.kind == .base }
            let adjustments = try Self.adjustments(components, net: result.net, currency)
            return Line(
                text: name, quantity: base.map { ($0.factor ?? .one).text } ?? "", unitPrice: base?.amount?.text ?? "",
                adjustment: adjustments, net: Amount(result.net, currency), tax: Amount(result.tax, currency))
        }
    }

    var isCredit: Bool { CreditNote.original(of: invoice.node) != nil }
    var number: String? { isCredit ? CreditNote.number(of: invoice.node) : InvoiceNumber.of(invoice.node) }
    var tax: Amount? {
        guard let net, let gross else { return nil }
        return Amount(gross.minor - net.minor, currency)
    }
    var open: Amount? {
        guard let gross, !isCredit, invoice.status == "issued" || invoice.status == "balanced" else { return nil }
        return Amount(invoice.status == "balanced" ? 0 : gross.minor - paid.minor, currency)
    }

    /// RFC 4180.
    var csv: [UInt8] {
        var rows = [["description", "quantity", "unit price", "adjustment", "net", "tax", "currency"]]
        for line in lines {
            rows.append([
                line.text, line.quantity, line.unitPrice, line.adjustment, line.net.text, line.tax.text, currency.code,
            ])
        }
        rows.append(["total", "", "", "", net?.text ?? "", tax?.text ?? "", currency.code])
        let text = rows.map { $0.map(Self.quoted).joined(separator: ",") }.joined(separator: "\r\n")
        return Array((text + "\r\n").utf8)
    }

    private static func quoted(_ text: String) -> String {
        // A cell that begins like a formula is one to spreadsheets.
        let isFormula = text.first.map { "=+@\t\r".contains($0) } ?? false
        let safe = isFormula ? "'" + text : text
        let needsQuotes = safe.contains { ",\"\r\n".contains($0) }
        return needsQuotes ? "\"" + safe.replacing("\"", with: "\"\"") + "\"" : safe
    }

    private static func adjustments(_ components: [PriceComponent], net: Int, _ currency: Currency) throws -> String {
        let base = try LineSum(components.filter { $0.kind == .base }, decimals: currency.exponent).net
        return base == net ? "" : Amount(net - base, currency).text
    }

    /// What was charged: the text of the line, or of the ChargeItem that it refers to.
    private static func names(_ items: [JSONNode], _ work: ClinicWork) async throws -> [String] {
        let references = items.map { LocalReference($0["chargeItemReference"]) }
        var parameters = SQLParameters()
        parameters.append(textArray: references.compactMap { $0?.typeName == "ChargeItem" ? $0?.id : nil })
        let rows = try await work.transaction.session.query(
            try work.store.statement(Self.codes), parameters)
        var codes: [String: JSONNode] = [:]
        for row in 0..<rows.rowCount {
            guard let id = rows.string(row, 0), let json = rows.bytes(row, 1) else { continue }
            codes[id] = JSONNode(try Document.parse(json))
        }
        return zip(items, references).map { item, reference in
            let concept = item["chargeItemCodeableConcept"] ?? reference.flatMap { codes[$0.id] }
            let coding = concept?["coding"]?.items.first
            return concept?["text"]?.string ?? coding?["display"]?.string ?? coding?["code"]?.string
                ?? item["chargeItemReference"]?["display"]?.string ?? reference?.text ?? ""
        }
    }

    private static let codes = """
        SELECT id, (content -> 'code')::text FROM @[ChargeItem] c WHERE id = ANY ($1::text[]) AND content ? 'code'
        """
}
