import Clinic
import FHIRDefinitions
import FHIRStore
import JSONTape
import FHIRModel
import FHIRFormats

/// `POST /PaymentNotice/[id]/$refund`: gives money back, first what is unallocated, then what settled invoices, the
/// latest first; these are open again.
///
/// Above the limit of the settings, all refunds of the payment together, another person than who recorded it has to.
struct RefundPayment: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "refund", typeName: "PaymentNotice", level: .instance, affectsState: true,
            documentation: "Gives back part or all of a payment; above a limit it takes a second person.",
            roles: [.cashier], events: ["payment.refunded", "invoice.reopened"],
            parameters: [
                .init(.input, "amount", 1, 1, "Money", "What is given back."),
                .init(.input, "reason", 1, 1, "CodeableConcept", "Why; a string stands for its text."),
                .init(.input, "invoice", 0, 1, "Reference", "Takes it from this invoice."),
                .init(.output, "return", 1, 1, "PaymentNotice", "The payment as it is now."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        guard let amount = try work.parameters.amount("amount") else {
            throw OperationParameters.invalid("amount is missing")
        }
        let payment = try await StoredPayment(work.instance, work)
        let row = payment.row
        if row.state == PaymentState.refunded.rawValue { throw Self.overRefund }
        try payment.require([.paid, .cleared], to: .refunded)
        guard row.method != CreditNote.method else {
            throw StoreError(
                .businessRule, "a credit note is no money that could be given back",
                expression: "PaymentNotice.extension", details: "not-allowed")
        }
        guard amount.currency == row.amount.currency else { throw InvoiceSum.mixedCurrency }
        guard amount.minor <= row.refundable else { throw Self.overRefund }
        let limit = try await MoneySettings.refundApproval.decimal(in: work.transaction)
        let refunded = Amount(row.refunded + amount.minor, amount.currency)
        if let limit = ExactDecimal(limit.text), try limit.isLess(than: refunded.decimal) {
            try work.requireAnotherPerson(than: row.recorder)
        }
        var settlement = Settlement(work)
        try await takeBack(amount, payment, &settlement, work)
        try await MoneyLedger(work).refund(amount.minor, of: row.notice, isCash: row.isCash)

        var changes = ChangeSet(work)
        let isAll = amount.minor == row.refundable
        changes.update(payment.notice, isAll ? payment.edit(.refunded) : payment.notice.edit)
        let taken = settlement.allocations.reduce(0) { $0 - $1.amount.minor }
        var details = settlement.details
        if taken < amount.minor {
            let rest = Amount(taken - amount.minor, amount.currency)
            details.append(PaymentPapers.detail("adjustment", row.notice, rest, now: work.now.text))
        }
        let reason = work.parameters.text(ofConcept: "reason")
        try await payment.addDetails(details, to: &changes, work) { paper in
            guard let reason else { return }
            paper.append("processNote", json: PaymentPapers.note("refund: " + reason))
        }
        settlement.apply(to: &changes)
        changes.record("payment.refunded", row.notice)
        return ClinicAnswer(try await changes.apply()[0])
    }

    private func takeBack(
        _ amount: Amount, _ payment: StoredPayment, _ settlement: inout Settlement, _ work: ClinicWork
    ) async throws {
        let named = try work.parameters.reference("invoice", "Invoice")
        var left = named == nil ? max(0, amount.minor - payment.row.free) : amount.minor
        var shares: [(invoice: LocalReference, minor: Int)] = []
        for allocation in try await MoneyLedger(work).allocations(of: payment.row.notice)
        where left > 0 && (named == nil || named == allocation.invoice) {
            let share = min(left, allocation.minor)
            shares.append((allocation.invoice, share))
            left -= share
        }
        guard left == 0 else { throw Self.overRefund }
        let invoices = try await work.lock(all: shares.map(\.invoice))
        for share in shares {
            guard let invoice = invoices[share.invoice] else { continue }
            try await settlement.move(Amount(-share.minor, amount.currency), of: payment.row.notice, to: invoice)
        }
    }

    private static var overRefund: StoreError {
        StoreError(
            .businessRule, "more would be refunded than was paid", expression: "Parameters.parameter",
            details: "over-refund")
    }
}
