import Clinic
import FHIRDefinitions
import FHIRStore
import JSONTape

/// `POST /Invoice/[id]/$cancel`: a draft silently, an issued invoice while nothing is paid. Its charges can be billed
/// again.
struct CancelInvoice: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "cancel", typeName: "Invoice", level: .instance, affectsState: true,
            documentation: "Cancels an invoice of which nothing is paid; its charges become billable.",
            roles: [.cashier], events: ["invoice.cancelled"],
            parameters: [
                .init(.input, "reason", 0, 1, "CodeableConcept", "Why; a string stands for its text."),
                .init(.output, "return", 1, 1, "Invoice", "The invoice as it is now."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let invoice = try work.instance
        if try await MoneyLedger(work).paid(invoice.reference) > 0 {
            throw StoreError(
                .conflict, "an invoice is cancelled only while nothing is paid", expression: "Invoice.status",
                details: "paid")
        }
        try work.require(invoice, in: ["draft", "issued"], to: "cancelled")
        let charges = try await InvoiceCharges(of: invoice, work)
        var edit = invoice.edit
        edit.set("status", "cancelled")
        if let reason = work.parameters.text(ofConcept: "reason") { edit.set("cancelledReason", reason) }
        var changes = ChangeSet(work)
        changes.update(invoice, edit)
        charges.release(in: &changes)
        // A draft was nobody's business yet.
        if invoice.status == "issued" { changes.record("invoice.cancelled", invoice.reference) }
        return ClinicAnswer(try await changes.apply()[0])
    }
}

extension OperationParameters {
    /// A CodeableConcept as a text: its own, else that of its first coding.
    func text(ofConcept name: String) -> String? {
        guard let json = concept(name), let document = try? Document.parse(json) else { return nil }
        let concept = JSONNode(document)
        let coding = concept["coding"]?.items.first
        return concept["text"]?.string ?? coding?["display"]?.string ?? coding?["code"]?.string
    }
}
