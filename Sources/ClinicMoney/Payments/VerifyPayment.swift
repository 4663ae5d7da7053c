import Clinic
import FHIRDefinitions
import FHIRStore
import JSONTape

/// `POST /PaymentNotice/[id]/$verify`: somebody else than who asked for the money has seen that it came; it settles
/// the invoice.
struct VerifyPayment: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "verify", typeName: "PaymentNotice", level: .instance, affectsState: true,
            documentation: "Verifies a payment by QR code, which counts from then on.",
            roles: [.cashier, .medicalAdmin], events: ["payment.verified", "invoice.balanced"],
            parameters: [
                .init(.input, "evidence", 0, 1, "Reference", "DocumentReference or Binary that proves it, once."),
                .init(.input, "reference", 0, 1, "string", "The payment's number at its provider; counts once."),
                .init(.input, "note", 0, 1, "string", "A note."),
                .init(.input, "credit", 0, 1, "boolean", "Keeps what is over what is open by now."),
                .init(.output, "return", 1, 1, "PaymentNotice", "The payment as it is now."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let payment = try await StoredPayment(work.instance, work)
        try payment.require([.pendingVerification], to: .paid)
        try work.requireAnotherPerson(than: payment.row.recorder)
        let ledger = MoneyLedger(work)
        guard let intent = try await ledger.intent(of: payment.row.notice) else {
            throw StoreError(.fault, "a pending payment has no intent")
        }
        guard intent.expires > work.now else {
            throw StoreError(
                .businessRule, "the QR code has expired", expression: "PaymentNotice.paymentStatus", details: "expired")
        }
        if let evidence = try work.parameters.reference("evidence", "DocumentReference", "Binary") {
            for digest in try await PaymentEvidence.digests(of: evidence, ledger) {
                try await ledger.addProof(digest: digest, of: payment.row.notice)
            }
        }
        if let reference = work.parameters.text("reference") {
            try await ledger.setReference(reference, of: payment.row.notice)
        }
        let invoice = try await work.lock(intent.invoice)
        let isCredit = work.parameters.bool("credit")
        // Money that came for an invoice that was cancelled since can only be kept as a credit.
        let isOpen = ["issued", "balanced"].contains(invoice.status)
        let balances = isCredit && !isOpen ? [] : [try await ledger.balance(of: invoice)]
        try await ledger.setState("paid", of: payment.row.notice)
        var settlement = Settlement(work)
        for share in try Settlement.shares(of: payment.row.amount, among: balances, isCredit: isCredit) {
            try await settlement.move(
                Amount(share.minor, payment.row.amount.currency), of: payment.row.notice, to: invoice)
        }
        return ClinicAnswer(try await write(payment, settlement, work))
    }

    private func write(
        _ payment: StoredPayment, _ settlement: Settlement, _ work: ClinicWork
    ) async throws -> SavedResource {
        let receipt = PaymentPapers.identifier(
            PaymentPapers.receiptSystem, try await MoneyLedger(work).giveReceipt(to: payment.row.notice))
        let reference = work.parameters.text("reference")
            .map { PaymentPapers.identifier(PaymentPapers.referenceSystem, $0) }
        var edit = payment.edit(.paid)
        edit.append("identifier", json: receipt)
        if let reference { edit.append("identifier", json: reference) }
        edit.set("paymentDate", work.now.day)
        var changes = ChangeSet(work)
        changes.update(payment.notice, edit)
        let note = work.parameters.text("note")
        try await payment.addDetails(settlement.details, to: &changes, work) { paper in
            paper.append("identifier", json: receipt)
            if let reference { paper.set("paymentIdentifier", json: reference) }
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
