import Clinic
import FHIRStore
import JSONTape
import FHIRFormats

/// Moves money between a payment and invoices, and keeps the invoices' status in step with the books.
struct Settlement {
    private let work: ClinicWork
    private let ledger: MoneyLedger
    private(set) var allocations: [(invoice: LocalReference, amount: Amount)] = []
    private var changedInvoices: [(invoice: StoredResource, status: String)] = []

    init(_ work: ClinicWork) {
        self.work = work
        ledger = MoneyLedger(work)
    }

    /// How a payment is shared out among invoices, in the order in which they are given.
    ///
    /// Throws `StoreError` (422 over-payment) where more is paid than is open, unless the rest is a credit.
    static func shares(
        of amount: Amount, among balances: [MoneyLedger.Balance], isCredit: Bool
    ) throws -> [(invoice: LocalReference, minor: Int)] {
        var left = amount.minor
        var shares: [(invoice: LocalReference, minor: Int)] = []
        for balance in balances {
            guard balance.total.currency == amount.currency else { throw InvoiceSum.mixedCurrency }
            let share = min(left, balance.open)
            if share > 0 { shares.append((balance.invoice, share)) }
            left -= share
        }
        guard left == 0 || isCredit else { throw MoneyLedger.overPayment }
        return shares
    }

    /// Settles part of an invoice, or takes part back where the amount is negative.
    mutating func move(_ amount: Amount, of notice: LocalReference, to invoice: StoredResource) async throws {
        let (paid, total) = try await ledger.allocate(amount.minor, of: notice, to: invoice.reference)
        allocations.append((invoice.reference, amount))
        let status = paid == total ? "balanced" : "issued"
        // What holds after the last move is written, once.
        changedInvoices.removeAll { $0.invoice.reference == invoice.reference }
        if status != invoice.status { changedInvoices.append((invoice, status)) }
    }

    /// Adds the new status of the invoices to what is written.
    func apply(to changes: inout ChangeSet) {
        for (invoice, status) in changedInvoices {
            var edit = invoice.edit
            edit.set("status", status)
            changes.update(invoice, edit)
            changes.record(status == "balanced" ? "invoice.balanced" : "invoice.reopened", invoice.reference)
        }
    }

    /// The details of the PaymentReconciliation.
    var details: [[UInt8]] {
        allocations.map { allocation in
            PaymentPapers.detail(
                allocation.amount.minor < 0 ? "adjustment" : "payment", allocation.invoice, allocation.amount,
                now: work.now.text)
        }
    }
}
