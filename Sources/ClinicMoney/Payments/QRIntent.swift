import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRStore
import JSONTape

/// `POST /PaymentNotice/$qr-intent`: a QR code that asks for an amount; no money until `$verify`.
struct QRIntent: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "qr-intent", typeName: "PaymentNotice", level: .type, affectsState: true,
            documentation: "Makes a QR code by which an invoice is paid; it counts once it is verified.",
            roles: [.patient, .proxy, .registration, .cashier], events: ["payment.intent"],
            parameters: [
                .init(.input, "invoice", 1, 1, "Reference", "The issued invoice."),
                .init(.input, "amount", 0, 1, "Money", "What is asked for; all that is open where it is left out."),
                .init(.input, "expires", 0, 1, "dateTime", "Until when it can be verified."),
                .init(.output, "return", 1, 1, "PaymentNotice", "The payment, pending verification."),
                .init(.output, "payload", 1, 1, "string", "The text in the code."),
                .init(.output, "image", 1, 1, "Binary", "The code as PNG."),
                .init(.output, "expires", 1, 1, "instant", "Until when it can be verified."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        guard let reference = try work.parameters.reference("invoice", "Invoice") else {
            throw OperationParameters.invalid("invoice is missing")
        }
        let invoice = try await work.lock(reference, element: work.parameters.place(of: "invoice"))
        let ledger = MoneyLedger(work)
        let balance = try await ledger.balance(of: invoice)
        guard balance.open > 0 else {
            throw StoreError(
                .businessRule, "nothing is open on the invoice", expression: "Invoice.status", details: "paid")
        }
        let amount = try work.parameters.amount("amount") ?? Amount(balance.open, balance.total.currency)
        guard amount.currency == balance.total.currency else { throw InvoiceSum.mixedCurrency }
        guard amount.minor <= balance.open else { throw MoneyLedger.overPayment }
        let expires = try await expiry(work)
        let payment = NewPayment(
            notice: LocalReference("PaymentNotice", work.store.makeID()),
            reconciliation: LocalReference("PaymentReconciliation", work.store.makeID()),
            account: invoice.reference("account"), patient: invoice.reference("subject"), amount: amount,
            state: PaymentState.pendingVerification.rawValue, method: "qr", provider: nil, reference: nil)
        try await ledger.add(payment)
        let nonce = try await ledger.addIntent(payment.notice, invoice: reference, expires: expires)
        let papers = PaymentPapers(
            payment: payment, request: reference,
            organization: try await ClinicParty.organization(work) ?? invoice.node["issuer"]?.source,
            now: work.now.text)
        var changes = ChangeSet(work)
        changes.create(json: papers.notice(.pendingVerification), type: "PaymentNotice", id: payment.notice.id)
        changes.create(
            json: papers.reconciliation([], isPending: true), type: "PaymentReconciliation",
            id: payment.reconciliation.id)
        changes.record("payment.intent", payment.notice)
        let saved = try await changes.apply()
        let payload = QRPayload(
            invoice: InvoiceNumber.of(invoice.node) ?? reference.id, amount: amount, nonce: nonce, expires: expires)
        return try answer(saved[0], payload)
    }

    private func expiry(_ work: ClinicWork) async throws -> Instant {
        if let expires = try work.parameters.instant("expires") {
            guard expires > work.now else {
                throw OperationParameters.invalid(
                    "the parameter expires is in the future", at: work.parameters.place(of: "expires"))
            }
            return expires.truncatedToMilliseconds
        }
        let minutes = try await MoneySettings.intentMinutes.integer(in: work.transaction)
        return Instant(
            microsecondsSince1970: work.now.microsecondsSince1970 + Int64(min(max(minutes, 1), 525_600)) * 60_000_000)
    }

    private func answer(_ notice: SavedResource, _ payload: QRPayload) throws -> ClinicAnswer {
        var answer = ParametersWriter()
        answer.add("return", resource: notice.json)
        answer.add("payload", string: payload.text)
        answer.add("image", resource: PaperFormat.binary(try payload.png(), "image/png", about: notice.reference))
        answer.add("expires", "Instant") { $0.string(payload.expires.text) }
        return ClinicAnswer(answer)
    }
}
