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
        let entry = PaymentEntry(
            amount: amount, invoices: invoices, owner: owner, method: try PaymentMethod.code(parameters),
            provider: parameters.text("provider"), reference: parameters.text("reference"),
            isCredit: invoices.isEmpty || parameters.bool("credit"), place: parameters.place(of: "invoice"))
        let (saved, settlement) = try await entry.write(work)
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
        let text = parameters.text("method") ?? ""
        if let code = ofMoney(text) { return code }
        throw OperationParameters.invalid(
            text == CreditNote.method
                ? "credit notes are made by Invoice/[id]/$credit-note" : "the parameter method is a code",
            at: parameters.place(of: "method"))
    }

    /// The text, if it is the code of a method by which money comes.
    static func ofMoney(_ text: String) -> String? {
        let isCode = !text.isEmpty && text.utf8.count <= 64 && text.utf8.allSatisfy { 0x21...0x7E ~= $0 }
        return isCode && text != CreditNote.method ? text : nil
    }
}
