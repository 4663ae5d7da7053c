import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape

/// `POST /Invoice/[id]/$credit-note`: takes back part or all of an invoice that was issued, which itself stays as it
/// is: a document of its own says so, under the next number of its own gap-free series.
///
/// A credit note settles the invoice like a payment. Where the invoice was paid already, the payments get back what
/// they no longer settle: it can be refunded or allocated elsewhere.
struct CreditInvoice: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "credit-note", typeName: "Invoice", level: .instance, affectsState: true,
            documentation: "Credits part or all of an issued invoice by a document of its own.",
            roles: [.cashier, .facilityHead], events: ["invoice.credited", "invoice.balanced"],
            parameters: [
                .init(.input, "amount", 0, 1, "Money", "What is credited, tax included; all that is left if none."),
                .init(.input, "reason", 1, 1, "CodeableConcept", "Why; a string stands for its text."),
                .init(.output, "return", 1, 1, "Invoice", "The credit note."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let invoice = try work.instance
        guard CreditNote.original(of: invoice.node) == nil else {
            throw StoreError(
                .businessRule, "a credit note is not credited itself", expression: "Invoice.type",
                details: "not-allowed")
        }
        let ledger = MoneyLedger(work)
        let balance = try await ledger.balance(of: invoice)
        let credited = try await ledger.credited(invoice.reference)
        let left = Amount(balance.total.minor - credited, balance.total.currency)
        let amount = try work.parameters.amount("amount") ?? left
        guard amount.currency == left.currency else { throw InvoiceSum.mixedCurrency }
        guard amount.minor > 0, amount.minor <= left.minor else {
            throw StoreError(
                .businessRule, "more would be credited than was invoiced", expression: "Parameters.parameter",
                details: "over-credit")
        }
        guard let reason = work.parameters.text(ofConcept: "reason"), !reason.isEmpty else {
            throw OperationParameters.invalid("the parameter reason says why", at: work.parameters.place(of: "reason"))
        }
        try await requireApproval(amount, work)
        var changes = ChangeSet(work)
        var settlement = Settlement(work)
        try await giveBack(amount.minor - balance.open, from: invoice, &settlement, &changes, work)
        let number = try await CreditNote.next(in: work.transaction)
        // Of a part nobody said which lines it is of.
        let names = amount == balance.total ? try await InvoicePaper(invoice, work).lines.map(\.text) : nil
        let note = CreditNote(invoice: invoice, amount: amount, number: number, reason: reason, names: names)
        let credit = changes.create(json: try note.json(now: work.now.text), type: "Invoice")
        try await settle(amount, invoice, number, &settlement, &changes, work)
        settlement.apply(to: &changes)
        changes.record("invoice.credited", invoice.reference)
        let saved = try await changes.apply()
        return ClinicAnswer(saved.first { $0.reference == credit } ?? saved[0])
    }

    /// What takes two people as a refund takes two as a credit.
    private func requireApproval(_ amount: Amount, _ work: ClinicWork) async throws {
        let limit = try await MoneySettings.creditApproval.decimal(in: work.transaction)
        guard let limit = ExactDecimal(limit.text), try limit.isLess(than: amount.decimal) else { return }
        try work.requireAnotherPerson(than: try await work.actor(of: "invoice.issued", on: work.instance.reference))
    }

    /// Takes from the payments what the invoice no longer owes them, the latest first.
    private func giveBack(
        _ minor: Int, from invoice: StoredResource, _ settlement: inout Settlement, _ changes: inout ChangeSet,
        _ work: ClinicWork
    ) async throws {
        var left = minor
        guard left > 0 else { return }
        let ledger = MoneyLedger(work)
        for entry in try await ledger.payments(of: invoice.reference) where left > 0 {
            let share = min(left, entry.amount.minor)
            left -= share
            let amount = Amount(-share, entry.amount.currency)
            try await settlement.move(amount, of: entry.notice, to: invoice)
            guard let row = try await ledger.payment(entry.notice),
                let paper = try await work.find(row.reconciliation)
            else { continue }
            var edit = paper.edit
            edit.append(
                "detail", json: PaymentPapers.detail("adjustment", invoice.reference, amount, now: work.now.text))
            changes.update(paper, edit)
        }
        guard left <= 0 else {
            throw StoreError(
                .businessRule, "the invoice was settled elsewhere, where its money is to be given back",
                expression: "Invoice.status", details: "not-allowed")
        }
    }

    /// The credit note in the books: a settlement of the invoice that no money came for.
    private func settle(
        _ amount: Amount, _ invoice: StoredResource, _ number: String, _ settlement: inout Settlement,
        _ changes: inout ChangeSet, _ work: ClinicWork
    ) async throws {
        let payment = NewPayment(
            notice: LocalReference("PaymentNotice", work.store.makeID()),
            reconciliation: LocalReference("PaymentReconciliation", work.store.makeID()),
            account: invoice.reference("account"), patient: invoice.reference("subject"), amount: amount,
            state: "paid", method: CreditNote.method, provider: nil, reference: number)
        try await MoneyLedger(work).add(payment)
        try await settlement.move(amount, of: payment.notice, to: invoice)
        let papers = PaymentPapers(
            payment: payment, request: invoice.reference,
            organization: try await ClinicParty.organization(work) ?? invoice.node["issuer"]?.source,
            now: work.now.text)
        changes.create(json: papers.notice(.paid), type: "PaymentNotice", id: payment.notice.id)
        let detail = PaymentPapers.detail("payment", invoice.reference, amount, now: work.now.text)
        changes.create(
            json: papers.reconciliation([detail]), type: "PaymentReconciliation", id: payment.reconciliation.id)
    }
}
