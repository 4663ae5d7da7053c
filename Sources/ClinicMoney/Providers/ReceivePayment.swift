import Clinic
import FHIRDefinitions
import FHIRStore
import JSONTape
import PostgreSQL

/// What an event of a provider comes to. Not offered by itself: `PaymentWebhook` runs it.
///
/// Money that came is never refused for what it was for: what an invoice does not take is kept as a credit.
struct ReceivePayment: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "receive-payment", level: .system, affectsState: true,
            documentation: "Takes what a provider tells of a payment.", roles: [.system],
            events: ["payment.recorded", "payment.verified", "payment.rejected", "payment.cleared"],
            parameters: [
                .init(.input, "provider", 1, 1, "string", "Who tells it."),
                .init(.input, "event", 1, 1, "string", "The event's number at the provider; counts once."),
                .init(.input, "type", 1, 1, "string", "What happened."),
                .init(.input, "method", 1, 1, "string", "How the money came."),
                .init(.input, "reference", 0, 1, "string", "The payment's number at the provider; counts once."),
                .init(.input, "invoice", 0, 1, "string", "Number of the invoice, or Invoice/id."),
                .init(.input, "nonce", 0, 1, "string", "Of the QR code."),
                .init(.input, "amount", 0, 1, "Money", "What came."),
                .init(.output, "status", 1, 1, "code", "applied, known or ignored."),
                .init(.output, "payment", 0, 1, "Reference", "The PaymentNotice."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let parameters = work.parameters
        let provider = parameters.text("provider") ?? ""
        let book = ProviderBook(provider, work)
        let event = parameters.text("event") ?? ""
        guard try await book.enter(event: event) else {
            return answer("known", try await book.payment(ofEvent: event))
        }
        guard let kind = parameters.text("type").flatMap(PaymentEvent.Kind.init(rawValue:)) else {
            return answer("ignored", nil)
        }
        let reference = parameters.text("reference") ?? ""
        let known = try await book.payment(reference)
        let notice: LocalReference?
        switch kind {
        case .succeeded:
            if let known { return answer("known", known) }
            notice = try await succeed(reference, provider, book, work)
        case .failed: notice = try await fail(book, work)
        case .cleared: notice = try await clear(known, work)
        }
        guard let notice else { return answer("ignored", nil) }
        try await book.keep(notice, of: event)
        return answer("applied", notice)
    }

    private func answer(_ status: String, _ notice: LocalReference?) -> ClinicAnswer {
        var writer = ParametersWriter()
        writer.add("status", code: status)
        if let notice { writer.add("payment", reference: notice) }
        return ClinicAnswer(writer)
    }

    // MARK: - What happened

    private func succeed(
        _ reference: String, _ provider: String, _ book: ProviderBook, _ work: ClinicWork
    ) async throws -> LocalReference {
        guard let amount = try work.parameters.amount("amount") else {
            throw OperationParameters.invalid("amount is missing")
        }
        let intent = try await pending(book, work)
        if let intent, intent.payment.row.amount == amount {
            try await book.name(intent.payment.row.notice)
            let arrival = PaymentArrival(
                payment: intent.payment, invoice: intent.invoice, reference: reference, isCredit: true, note: nil)
            return try await arrival.write(work).reference
        }
        // Another amount than was asked for is another payment of the same invoice; so is money for a code that has
        // ended.
        guard let invoice = try await book.invoice(work.parameters.text("invoice"), work.parameters.text("nonce"))
        else {
            throw StoreError(
                .businessRule, "the payment names no invoice and no QR code of this clinic",
                expression: "payment.invoice", details: "unknown-reference")
        }
        let stored = try await work.lock(invoice)
        let isPayable =
            ["issued", "balanced"].contains(stored.status)
            && Amount(stored.node["totalGross"])?.currency == amount.currency
        let owner = stored.reference("account") ?? stored.reference("subject")
        guard isPayable || owner != nil else {
            throw StoreError(
                .businessRule, "the invoice cannot be paid, and nobody is named whose credit it could be",
                expression: "payment.invoice", details: "not-allowed")
        }
        let entry = PaymentEntry(
            amount: amount, invoices: isPayable ? [invoice] : [], owner: owner,
            method: work.parameters.text("method") ?? "card", provider: provider, reference: reference, isCredit: true)
        return try await entry.write(work).0[0].reference
    }

    /// The payment that waits for the money of the QR code that the event names.
    private func pending(
        _ book: ProviderBook, _ work: ClinicWork
    ) async throws -> (payment: StoredPayment, invoice: LocalReference)? {
        guard let nonce = work.parameters.text("nonce"), let notice = try await book.notice(nonce: nonce) else {
            return nil
        }
        let payment = try await StoredPayment(try await work.lock(notice), work)
        guard payment.row.state == PaymentState.pendingVerification.rawValue,
            let intent = payment.row.intent
        else { return nil }
        return (payment, intent.invoice)
    }

    private func fail(_ book: ProviderBook, _ work: ClinicWork) async throws -> LocalReference? {
        guard let intent = try await pending(book, work) else { return nil }
        let end = PaymentEnd(state: "rejected", event: "payment.rejected")
        return try await end.write(intent.payment, reason: "the provider tells that no money came", work).reference
    }

    private func clear(_ known: LocalReference?, _ work: ClinicWork) async throws -> LocalReference? {
        guard let known else { return nil }
        let payment = try await StoredPayment(try await work.lock(known), work)
        guard payment.row.state == PaymentState.paid.rawValue else { return nil }
        return try await ClearPayment.clear(payment, work).reference
    }
}
