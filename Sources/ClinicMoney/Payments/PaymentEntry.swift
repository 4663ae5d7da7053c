import Clinic
import FHIRFormats
import FHIRStore
import JSONTape

/// Money that came, as it is entered: into the books, as PaymentNotice and PaymentReconciliation, and on invoices.
struct PaymentEntry: Sendable {
    var amount: Amount
    /// What it pays, in this order.
    var invoices: [LocalReference]
    /// Account or patient, where no invoice says whose the payment is.
    var owner: LocalReference?
    var method: String
    var provider: String?
    /// The payment's number at its provider; counts once.
    var reference: String?
    /// Whether what is over what is open is kept.
    var isCredit: Bool
    /// FHIRPath of the invoices, for errors.
    var place: String?

    /// Writes all of it: the notice, the reconciliation, then invoices whose status changes.
    func write(_ work: ClinicWork) async throws -> ([SavedResource], Settlement) {
        let locked = try await work.lock(all: invoices, element: place)
        let first = invoices.first.flatMap { locked[$0] }
        let payment = NewPayment(
            notice: LocalReference("PaymentNotice", work.store.makeID()),
            reconciliation: LocalReference("PaymentReconciliation", work.store.makeID()),
            account: owner?.typeName == "Account" ? owner : first?.reference("account"),
            patient: owner?.typeName == "Patient" ? owner : first?.reference("subject"),
            amount: amount, state: "paid", method: method, provider: provider, reference: reference)
        let ledger = MoneyLedger(work)
        // Entered first, so that a payment that is sent twice is called a duplicate and not an over-payment.
        try await ledger.add(payment)
        var balances: [MoneyLedger.Balance] = []
        for invoice in invoices {
            if let stored = locked[invoice] { balances.append(try await ledger.balance(of: stored)) }
        }
        var settlement = Settlement(work)
        for share in try Settlement.shares(of: amount, among: balances, isCredit: isCredit) {
            guard let stored = locked[share.invoice] else { continue }
            try await settlement.move(Amount(share.minor, amount.currency), of: payment.notice, to: stored)
        }
        guard let request = invoices.first ?? owner else { throw OperationParameters.invalid("an invoice is missing") }
        var papers = PaymentPapers(
            payment: payment, request: request,
            organization: try await ClinicParty.organization(work) ?? first?.node["issuer"]?.source, now: work.now.text)
        papers.receipt = try await ledger.giveReceipt(to: payment.notice)
        var changes = ChangeSet(work)
        changes.create(json: papers.notice(.paid), type: "PaymentNotice", id: payment.notice.id)
        changes.create(
            json: papers.reconciliation(settlement.details), type: "PaymentReconciliation",
            id: payment.reconciliation.id)
        settlement.apply(to: &changes)
        changes.record("payment.recorded", payment.notice)
        return (try await changes.apply(), settlement)
    }
}
