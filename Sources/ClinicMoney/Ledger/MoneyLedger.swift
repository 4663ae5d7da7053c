import Clinic
import FHIRStore
import JSONTape
import PostgreSQL
import FHIRFormats

/// The books: what invoices come to, what was paid, and which payment settled what.
///
/// Whoever writes has locked the payment's resource first and the invoices' then, in ascending order.
struct MoneyLedger: Sendable {
    let work: ClinicWork

    init(_ work: ClinicWork) { self.work = work }

    /// An invoice as the books have it.
    struct Balance: Sendable {
        var invoice: LocalReference
        var total: Amount
        var paid: Int

        var open: Int { total.minor - paid }
    }

    // MARK: - Invoices

    /// Enters an invoice with the next statement; does nothing for one that is there.
    func add(_ invoice: StoredResource, total: Amount, number: String?) throws {
        var parameters = SQLParameters()
        parameters.append(text: invoice.reference.id)
        parameters.append(text: number)
        parameters.append(text: invoice.reference("account")?.text)
        parameters.append(text: invoice.reference("subject")?.text)
        parameters.append(text: total.currency.code)
        parameters.append(int64: Int64(total.minor))
        parameters.append(timestamp: work.now.microsecondsSince1970)
        try work.transaction.session.append(Self.addInvoice, parameters)
    }

    /// What is paid of an invoice, in smaller units.
    func paid(_ invoice: LocalReference) async throws -> Int {
        var parameters = SQLParameters()
        parameters.append(text: invoice.id)
        let rows = try await work.transaction.session.query(Self.paidOf, parameters)
        return rows.rowCount > 0 ? Int(rows.int64(0, 0) ?? 0) : 0
    }

    /// The same for whoever only looks.
    func paidUnlocked(_ invoice: LocalReference) async throws -> Int {
        var parameters = SQLParameters()
        parameters.append(text: invoice.id)
        let rows = try await work.transaction.session.query(Self.paidSeen, parameters)
        return rows.rowCount > 0 ? Int(rows.int64(0, 0) ?? 0) : 0
    }

    /// The balance of an invoice that was issued, here or elsewhere; it is locked.
    ///
    /// Throws `StoreError` (422) for one that cannot be paid: a draft, a cancelled one, one without a total.
    func balance(of invoice: StoredResource) async throws -> Balance {
        guard ["issued", "balanced"].contains(invoice.status) else {
            throw StoreError.illegalTransition("Invoice", invoice.status, "balanced")
        }
        guard let total = Amount(invoice.node["totalGross"]), total.minor >= 0 else {
            throw StoreError(
                .businessRule, "the invoice has no total that could be paid", expression: "Invoice.totalGross",
                details: "not-allowed")
        }
        try add(invoice, total: total, number: nil)
        let paid = try await paid(invoice.reference)
        // Balanced elsewhere: nothing is open, whoever was paid.
        let isSettledElsewhere = invoice.status == "balanced" && paid < total.minor
        return Balance(
            invoice: invoice.reference, total: total, paid: isSettledElsewhere ? total.minor : paid)
    }

    // MARK: - Payments

    /// Enters a payment. Throws `StoreError` (409 duplicate) where its reference counts already.
    func add(_ payment: NewPayment) async throws {
        var parameters = SQLParameters()
        parameters.append(text: payment.notice.id)
        parameters.append(text: payment.reconciliation.id)
        parameters.append(text: payment.account?.text)
        parameters.append(text: payment.patient?.text)
        parameters.append(text: payment.amount.currency.code)
        parameters.append(int64: Int64(payment.amount.minor))
        parameters.append(text: payment.state)
        parameters.append(text: payment.method)
        parameters.append(text: payment.provider ?? "")
        parameters.append(text: payment.reference)
        parameters.append(text: work.call.caller)
        parameters.append(timestamp: work.now.microsecondsSince1970)
        parameters.append(bool: payment.isCash)
        let rows = try await work.transaction.session.query(Self.addPayment, parameters)
        guard rows.rowCount > 0 else {
            throw StoreError(
                .conflict, "a payment of this method and reference is recorded already",
                expression: work.parameters.place(of: "reference"), details: "duplicate")
        }
    }

    /// A payment's row, locked; nil for a notice that is not in the books.
    func payment(_ notice: LocalReference) async throws -> PaymentRow? {
        var parameters = SQLParameters()
        parameters.append(text: notice.id)
        let rows = try await work.transaction.session.query(Self.readPayment, parameters)
        return rows.rowCount > 0 ? PaymentRow(notice, rows) : nil
    }

    /// With the next statement.
    func setState(_ state: String, of notice: LocalReference) throws {
        var parameters = SQLParameters()
        parameters.append(text: notice.id)
        parameters.append(text: state)
        parameters.append(timestamp: work.now.microsecondsSince1970)
        try work.transaction.session.append(Self.changeState, parameters)
    }

    /// Gives a payment the next receipt number; waits for whoever records at the moment, so it comes late.
    func giveReceipt(to notice: LocalReference) async throws -> String {
        let number = try await Self.receipts.next(in: work.transaction)
        var parameters = SQLParameters()
        parameters.append(text: notice.id)
        parameters.append(int64: Int64(number))
        try work.transaction.session.append(Self.setReceipt, parameters)
        return InvoiceNumber.padded(number)
    }

    // MARK: - Allocations

    /// Moves money of a payment to an invoice, or back where the amount is negative; what the invoice is paid then.
    ///
    /// Throws `StoreError` (422 over-payment) where the invoice would be paid more than its total.
    func allocate(
        _ minor: Int, of notice: LocalReference, to invoice: LocalReference
    ) async throws -> (
        paid: Int, total: Int
    ) {
        var parameters = SQLParameters()
        parameters.append(text: notice.id)
        parameters.append(text: invoice.id)
        parameters.append(int64: Int64(minor))
        parameters.append(text: work.call.caller)
        parameters.append(timestamp: work.now.microsecondsSince1970)
        let rows = try await work.transaction.session.query(Self.enter, parameters)
        guard rows.rowCount > 0, let paid = rows.int64(0, 0), let total = rows.int64(0, 1) else {
            throw Self.overPayment
        }
        return (Int(paid), Int(total))
    }

    /// What a payment settled, latest first, in smaller units.
    func allocations(of notice: LocalReference) async throws -> [(invoice: LocalReference, minor: Int)] {
        var parameters = SQLParameters()
        parameters.append(text: notice.id)
        let rows = try await work.transaction.session.query(Self.allocationsOf, parameters)
        return (0..<rows.rowCount).compactMap { row in
            guard let invoice = rows.string(row, 0), let minor = rows.int64(row, 1) else { return nil }
            return (LocalReference("Invoice", invoice), Int(minor))
        }
    }

    /// Enters what is given back of a payment, which is not allocated any more.
    func refund(_ minor: Int, of notice: LocalReference, isCash: Bool) async throws {
        var parameters = SQLParameters()
        parameters.append(text: notice.id)
        parameters.append(int64: Int64(minor))
        parameters.append(text: work.call.caller)
        parameters.append(timestamp: work.now.microsecondsSince1970)
        parameters.append(bool: isCash)
        let rows = try await work.transaction.session.query(Self.enterRefund, parameters)
        guard rows.rowCount > 0 else {
            throw StoreError(.businessRule, "more would be refunded than was paid", details: "over-refund")
        }
    }

    static var overPayment: StoreError {
        StoreError(
            .businessRule, "more would be paid than is open", expression: "PaymentNotice.amount",
            details: "over-payment")
    }

    private static let receipts = NumberSeries("receipt", isGapFree: true)
}
