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
        guard let intent = payment.row.intent else {
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
        let arrival = PaymentArrival(
            payment: payment, invoice: intent.invoice, reference: work.parameters.text("reference"),
            isCredit: work.parameters.bool("credit"), note: work.parameters.text("note"))
        return ClinicAnswer(try await arrival.write(work))
    }
}
