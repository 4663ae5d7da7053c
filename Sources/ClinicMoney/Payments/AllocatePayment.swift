import Clinic
import FHIRDefinitions
import FHIRStore
import JSONTape

/// `POST /PaymentNotice/$allocate`: settles invoices with what is left of a payment.
struct AllocatePayment: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "allocate", typeName: "PaymentNotice", level: .type, affectsState: true,
            documentation: "Settles invoices with the unallocated rest of a payment.", roles: [.cashier],
            events: ["payment.allocated", "invoice.balanced"],
            parameters: [
                .init(.input, "payment", 1, 1, "Reference", "The PaymentNotice."),
                .init(
                    .input, "lines", 1, nil, nil, "What goes where.",
                    parts: [
                        .init(.input, "invoice", 1, 1, "Reference", "An issued invoice."),
                        .init(.input, "amount", 1, 1, "Money", "What it is paid."),
                    ]),
                .init(.output, "return", 1, 1, "PaymentReconciliation", "What the payment settled."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        guard let notice = try work.parameters.reference("payment", "PaymentNotice") else {
            throw OperationParameters.invalid("payment is missing")
        }
        var lines: [(invoice: LocalReference, amount: Amount)] = []
        for line in try work.parameters.groups("lines") {
            guard let invoice = try line.reference("invoice", "Invoice"), let amount = try line.amount("amount") else {
                throw OperationParameters.invalid("a line has an invoice and an amount")
            }
            lines.append((invoice, amount))
        }
        let stored = try await work.lock(notice, element: work.parameters.place(of: "payment"))
        let payment = try await StoredPayment(stored, work)
        try payment.require([.paid, .cleared], to: .paid)
        try Self.check(lines.map(\.amount), payment.row)
        let invoices = try await work.lock(all: lines.map(\.invoice), element: work.parameters.place(of: "lines"))
        let ledger = MoneyLedger(work)
        var settlement = Settlement(work)
        // An invoice that is given twice changes its status once, after the last of its lines.
        for (invoice, amounts) in Dictionary(grouping: lines, by: \.invoice).sorted(by: { $0.key < $1.key }) {
            guard let locked = invoices[invoice] else { continue }
            let balance = try await ledger.balance(of: locked)
            let total = amounts.reduce(0) { $0 + $1.amount.minor }
            guard balance.total.currency == payment.row.amount.currency else { throw InvoiceSum.mixedCurrency }
            guard total <= balance.open else { throw MoneyLedger.overPayment }
            try await settlement.move(Amount(total, balance.total.currency), of: notice, to: locked)
        }
        var changes = ChangeSet(work)
        try await payment.addDetails(settlement.details, to: &changes, work)
        settlement.apply(to: &changes)
        changes.record("payment.allocated", notice)
        return ClinicAnswer(try await changes.apply()[0])
    }

    /// The lines together are at most what is left of the payment.
    private static func check(_ amounts: [Amount], _ payment: PaymentRow) throws {
        var sum = 0
        for amount in amounts {
            guard amount.currency == payment.amount.currency else { throw InvoiceSum.mixedCurrency }
            let (next, overflows) = sum.addingReportingOverflow(amount.minor)
            guard !overflows, next <= payment.free else {
                throw StoreError(
                    .businessRule, "the lines are more than what is left of the payment",
                    expression: "Parameters.parameter", details: "over-payment")
            }
            sum = next
        }
    }
}
