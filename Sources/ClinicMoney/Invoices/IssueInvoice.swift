import Clinic
import FHIRDefinitions
import FHIRStore
import JSONTape
import FHIRFormats

/// `POST /Invoice/[id]/$issue`: gives a draft its number and makes it due.
///
/// The number is drawn last and under a lock, so that there are no gaps; the invoice is locked, so that there is one.
struct IssueInvoice: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "issue", typeName: "Invoice", level: .instance, affectsState: true,
            documentation: "Issues a draft invoice under the next number.", roles: [.cashier],
            transition: .init(from: ["draft"], to: "issued"), events: ["invoice.issued", "invoice.balanced"],
            parameters: [.init(.output, "return", 1, 1, "Invoice", "The invoice as it is now.")])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let invoice = try work.instance
        let standard = try await MoneySettings.currency.text(in: work.transaction)
        let sum = try InvoiceSum(invoice: invoice.node, standard: standard)
        guard let total = sum?.grossAmount ?? Amount(invoice.node["totalGross"]) else {
            throw StoreError(
                .businessRule, "an invoice is issued with priced lines or a total", expression: "Invoice.lineItem",
                details: "nothing-billable")
        }
        guard total.minor >= 0 else {
            throw StoreError(
                .businessRule, "an invoice of less than nothing cannot be issued", expression: "Invoice.totalGross",
                details: "not-allowed")
        }
        let charges = try await InvoiceCharges(of: invoice, work)
        let number = try await InvoiceNumber.next(in: work.transaction)
        var edit = invoice.edit
        edit.set("status", "issued")
        edit.set("identifier", items: Self.identifiers(invoice.node) + [InvoiceNumber.identifier(number)])
        edit.set("date", work.now.text)
        if let sum {
            if invoice.node["totalNet"] == nil { edit.set("totalNet", json: sum.netAmount.json) }
            if invoice.node["totalGross"] == nil { edit.set("totalGross", json: sum.grossAmount.json) }
        }
        try MoneyLedger(work).add(invoice, total: total, number: number)
        var changes = ChangeSet(work)
        changes.update(invoice, edit)
        charges.bill(in: &changes)
        changes.record("invoice.issued", invoice.reference)
        if total.minor == 0 {
            // Nothing is due: allocations equal the total already.
            edit.set("status", "balanced")
            changes.update(invoice, edit)
            changes.record("invoice.balanced", invoice.reference)
        }
        let saved = try await changes.apply()
        guard let answer = saved.last(where: { $0.reference == invoice.reference }) else {
            throw StoreError(.fault, "the invoice was not written")
        }
        return ClinicAnswer(answer)
    }

    /// A draft has no number of ours yet, whatever its maker wrote there.
    private static func identifiers(_ invoice: JSONNode) -> [[UInt8]] {
        (invoice["identifier"]?.items ?? []).filter { $0["system"]?.string != InvoiceNumber.system }.map(\.source)
    }
}
