import Clinic
import FHIRDefinitions
import FHIRStore
import JSONTape

/// `POST /PaymentNotice/[id]/$reject`: no money came by a QR code.
struct RejectPayment: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "reject", typeName: "PaymentNotice", level: .instance, affectsState: true,
            documentation: "Rejects a payment that waits to be verified.", roles: [.cashier, .medicalAdmin],
            transition: .init(from: ["pending-verification"], to: "rejected"), events: ["payment.rejected"],
            parameters: [
                .init(.input, "reason", 1, 1, "CodeableConcept", "Why; a string stands for its text."),
                .init(.output, "return", 1, 1, "PaymentNotice", "The payment as it is now."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        try await PaymentEnd(state: "rejected", event: "payment.rejected").answer(work)
    }
}

/// `POST /PaymentNotice/[id]/$cancel`: nobody is going to pay by a QR code.
struct CancelPayment: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "cancel", typeName: "PaymentNotice", level: .instance, affectsState: true,
            documentation: "Takes back a payment that waits to be verified.",
            roles: [.patient, .proxy, .registration, .cashier],
            transition: .init(from: ["pending-verification"], to: "rejected"), events: ["payment.cancelled"],
            parameters: [
                .init(.input, "reason", 0, 1, "CodeableConcept", "Why; a string stands for its text."),
                .init(.output, "return", 1, 1, "PaymentNotice", "The payment as it is now."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        try await PaymentEnd(state: "cancelled", event: "payment.cancelled").answer(work)
    }
}

/// `POST /PaymentNotice/[id]/$clear`: the money has arrived on the clinic's account.
struct ClearPayment: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "clear", typeName: "PaymentNotice", level: .instance, affectsState: true,
            documentation: "Marks a payment as arrived on the clinic's account.", roles: [.cashier],
            transition: .init(from: ["paid"], to: "cleared"), events: ["payment.cleared"],
            parameters: [.init(.output, "return", 1, 1, "PaymentNotice", "The payment as it is now.")])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        ClinicAnswer(try await Self.clear(try await StoredPayment(work.instance, work), work))
    }

    /// Enters that the money of a payment has arrived.
    static func clear(_ payment: StoredPayment, _ work: ClinicWork) async throws -> SavedResource {
        try MoneyLedger(work).setState("cleared", of: payment.row.notice)
        var changes = ChangeSet(work)
        changes.update(payment.notice, payment.edit(.cleared))
        changes.record("payment.cleared", payment.row.notice)
        return try await changes.apply()[0]
    }
}

/// A pending payment that comes to nothing.
struct PaymentEnd {
    /// As the books have it.
    let state: String
    let event: String

    /// Ends the instance that an operation is called on.
    func answer(_ work: ClinicWork) async throws -> ClinicAnswer {
        let payment = try await StoredPayment(work.instance, work)
        return ClinicAnswer(try await write(payment, reason: work.parameters.text(ofConcept: "reason"), work))
    }

    func write(_ payment: StoredPayment, reason: String?, _ work: ClinicWork) async throws -> SavedResource {
        try payment.require([.pendingVerification], to: .rejected)
        try MoneyLedger(work).setState(state, of: payment.row.notice)
        var edit = payment.edit(.rejected)
        if state == "cancelled" { edit.set("status", "cancelled") }
        var changes = ChangeSet(work)
        changes.update(payment.notice, edit)
        try await payment.addDetails([], to: &changes, work) { paper in
            paper.set("status", "cancelled")
            paper.set("outcome", "error")
            if let reason { paper.append("processNote", json: PaymentPapers.note(reason)) }
        }
        changes.record(event, payment.row.notice)
        return try await changes.apply()[0]
    }
}
