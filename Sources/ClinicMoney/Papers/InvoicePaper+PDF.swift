import Clinic
import FHIRFormats
import JSONTape
import Printing

extension InvoicePaper {
    /// The invoice as PDF.
    func pdf(_ work: ClinicWork) async throws -> [UInt8] {
        let node = invoice.node
        let recipient = try await PaperParty(node["recipient"] ?? node["subject"], work)
        let letterhead = try await PaperHead.letterhead(node["issuer"], work)
        var facts = [PrintedBlock.Fact(title, number ?? invoice.reference.id)]
        if let date = node["date"]?.string { facts.append(.init("Date", String(date.prefix(10)))) }
        facts.append(.init("Status", invoice.status))
        if let account = invoice.reference("account") { facts.append(.init("Account", account.id)) }
        var body: [PrintedBlock] = [.facts(facts)]
        if !lines.isEmpty { body.append(.table(table)) }
        body.append(.totals(totals))
        if let terms = node["paymentTerms"]?.string { body.append(.notes(heading: "Payment", [terms])) }
        let document = PrintedDocument(
            letterhead: letterhead, recipient: recipient?.lines ?? [], title: title, subtitle: number ?? "",
            body: body,
            watermark: Self.watermarks[invoice.status], createdSeconds: work.now.microsecondsSince1970 / 1_000_000)
        return try PaperHead.pdf(of: document)
    }

    private var title: String { isCredit ? "Credit note" : "Invoice" }

    /// What must not be taken for an invoice that is due.
    private static let watermarks = ["draft": "DRAFT", "cancelled": "CANCELLED", "entered-in-error": "VOID"]

    private var table: PrintedTable {
        PrintedTable(
            columns: [
                .init("", width: .share(1)), .init("Quantity", .right, width: .content),
                .init("Unit price", .right, width: .content), .init("Adjustment", .right, width: .content),
                .init("Net", .right, width: .content), .init("Tax", .right, width: .content),
            ],
            rows: lines.map { line in
                PrintedTable.Row([
                    line.text, line.quantity, line.unitPrice, line.adjustment, line.net.text, line.tax.text,
                ])
            })
    }

    private var totals: [PrintedBlock.Total] {
        var totals: [PrintedBlock.Total] = []
        if let net { totals.append(.init("Net", net.readable)) }
        if let tax { totals.append(.init("Tax", tax.readable)) }
        if let gross { totals.append(.init("Total", gross.readable, isStrong: true)) }
        if paid.minor > 0 { totals.append(.init("Paid", paid.readable)) }
        if let open { totals.append(.init("Open", open.readable)) }
        return totals
    }
}
