import Clinic
import FHIRFormats
import FHIRStore
import JSONTape

/// The money of a QR code that waited for it: from now on the payment counts, and settles its invoice.
struct PaymentArrival: Sendable {
    var payment: StoredPayment
    var invoice: LocalReference
    /// The payment's number at its provider; counts once.
    var reference: String?
    /// Whether what is over what is open by now is kept.
    var isCredit: Bool
    var note: String?

    /// Enters it and writes the notice, the reconciliation and the invoice.
    func write(_ work: ClinicWork) async throws -> SavedResource {
        let ledger = MoneyLedger(work)
        try await work.readAhead(locking: [invoice, payment.row.reconciliation])
        if let reference { try await ledger.setReference(reference, of: payment.row.notice) }
        let invoice = try await work.lock(invoice)
        // Money that came for an invoice that was cancelled since can only be kept as a credit.
        let isOpen = ["issued", "balanced"].contains(invoice.status)
        let balances = isCredit && !isOpen ? [] : [try await ledger.balance(of: invoice)]
        try ledger.setState("paid", of: payment.row.notice)
        var settlement = Settlement(work)
        for share in try Settlement.shares(of: payment.row.amount, among: balances, isCredit: isCredit) {
            try await settlement.move(
                Amount(share.minor, payment.row.amount.currency), of: payment.row.notice, to: invoice)
        }
        let receipt = PaymentPapers.identifier(
            PaymentPapers.receiptSystem, try await ledger.giveReceipt(to: payment.row.notice))
        return try await write(settlement, receipt, work)
    }

    private func write(
        _ settlement: Settlement, _ receipt: [UInt8], _ work: ClinicWork
    ) async throws -> SavedResource {
        let number = reference.map { PaymentPapers.identifier(PaymentPapers.referenceSystem, $0) }
        var edit = payment.edit(.paid)
        edit.append("identifier", json: receipt)
        if let number { edit.append("identifier", json: number) }
        edit.set("paymentDate", work.now.day)
        var changes = ChangeSet(work)
        changes.update(payment.notice, edit)
        try await payment.addDetails(settlement.details, to: &changes, work) { paper in
            paper.append("identifier", json: receipt)
            if let number { paper.set("paymentIdentifier", json: number) }
            paper.set("status", "active")
            paper.set("outcome", "complete")
            paper.set("paymentDate", work.now.day)
            if let note { paper.append("processNote", json: PaymentPapers.note(note)) }
        }
        settlement.apply(to: &changes)
        changes.record("payment.verified", payment.row.notice)
        return try await changes.apply()[0]
    }
}
