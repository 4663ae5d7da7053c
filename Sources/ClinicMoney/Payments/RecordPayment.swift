import Clinic
import FHIRDefinitions
import FHIRStore
import JSONTape
import FHIRFormats

/// `POST /PaymentNotice/$record`: takes money for invoices, or for an account or patient without any yet.
///
/// Several invoices are paid in the order in which they are given. What is over is refused, or kept as a credit that
/// `$allocate` shares out.
struct RecordPayment: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "record", typeName: "PaymentNotice", level: .type, affectsState: true,
            documentation: "Records a payment and allocates it to invoices.", roles: [.cashier],
            events: ["payment.recorded", "invoice.balanced"],
            parameters: [
                .init(.input, "invoice", 0, nil, "Reference", "Issued invoices that are paid."),
                .init(.input, "account", 0, 1, "Reference", "Whose payment it is, where no invoice is given."),
                .init(.input, "patient", 0, 1, "Reference", "The same by patient."),
                .init(.input, "amount", 1, 1, "Money", "What was paid."),
                .init(.input, "method", 1, 1, "code", "cash, card, qr, transfer, insurance or another."),
                .init(.input, "reference", 0, 1, "string", "The payment's number at its provider; counts once."),
                .init(.input, "provider", 0, 1, "string", "Who carried the money: a bank, a wallet."),
                .init(.input, "credit", 0, 1, "boolean", "Keeps what is over what is open."),
                .init(.output, "return", 1, 1, "PaymentNotice", "The payment."),
                .init(.output, "reconciliation", 1, 1, "PaymentReconciliation", "What it settled."),
                PaymentAnswer.allocation,
                .init(.output, "unallocated", 1, 1, "Money", "What it did not settle."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let parameters = work.parameters
        guard let amount = try parameters.amount("amount") else {
            throw OperationParameters.invalid("amount is missing")
        }
        let invoices = try parameters.references("invoice", "Invoice")
        guard Set(invoices).count == invoices.count else {
            throw OperationParameters.invalid("an invoice is given once", at: parameters.place(of: "invoice"))
        }
        let owner = try await owner(work, hasInvoices: !invoices.isEmpty)
        let method = try PaymentMethod.code(parameters)
        let locked = try await work.lock(all: invoices, element: parameters.place(of: "invoice"))
        let first = invoices.first.flatMap { locked[$0] }
        let payment = NewPayment(
            notice: LocalReference("PaymentNotice", work.store.makeID()),
            reconciliation: LocalReference("PaymentReconciliation", work.store.makeID()),
            account: owner?.typeName == "Account" ? owner : first?.reference("account"),
            patient: owner?.typeName == "Patient" ? owner : first?.reference("subject"),
            amount: amount, state: "paid", method: method, provider: parameters.text("provider"),
            reference: parameters.text("reference"))
        let ledger = MoneyLedger(work)
        // Entered first, so that a payment that is sent twice is called a duplicate and not an over-payment.
        try await ledger.add(payment)
        var balances: [MoneyLedger.Balance] = []
        for invoice in invoices {
            if let stored = locked[invoice] { balances.append(try await ledger.balance(of: stored)) }
        }
        var settlement = Settlement(work)
        let isCredit = invoices.isEmpty || parameters.bool("credit")
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
        let saved = try await changes.apply()
        return PaymentAnswer.answer(saved, settlement, amount)
    }

    /// Account or patient, where no invoice says whose the payment is.
    private func owner(_ work: ClinicWork, hasInvoices: Bool) async throws -> LocalReference? {
        let account = try work.parameters.reference("account", "Account")
        let patient = try work.parameters.reference("patient", "Patient")
        guard let owner = account ?? patient else {
            if hasInvoices { return nil }
            throw OperationParameters.invalid("an invoice, an account or a patient is given")
        }
        _ = try await work.read(owner, element: work.parameters.place(of: account == nil ? "patient" : "account"))
        return owner
    }
}

/// How money came.
enum PaymentMethod {
    /// Any code: the clinic's CodeSystem has those in use.
    static func code(_ parameters: OperationParameters) throws -> String {
        let code = parameters.text("method") ?? ""
        let isCode = !code.isEmpty && code.utf8.count <= 64 && code.utf8.allSatisfy { 0x21...0x7E ~= $0 }
        guard isCode else {
            throw OperationParameters.invalid("the parameter method is a code", at: parameters.place(of: "method"))
        }
        return code
    }
}
