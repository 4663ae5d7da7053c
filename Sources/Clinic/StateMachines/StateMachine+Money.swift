extension StateMachine {
    /// ChargeItem.status: billed goes back only when its draft invoice is cancelled.
    package static let chargeItem = StateMachine(
        "ChargeItem",
        [
            ("planned", ["billable", "not-billable", "aborted"]),
            ("billable", ["billed", "not-billable", "aborted"]),
            ("billed", ["billable"]),
            ("not-billable", []),
            ("aborted", []),
            ("unknown", ["planned", "billable", "billed", "not-billable", "aborted"]),
        ],
        byMessage: [("billable", ["planned"]), ("not-billable", ["billable"]), ("aborted", ["billable"])])

    /// Invoice.status: balanced exactly when what was paid equals the total.
    package static let invoice = StateMachine(
        "Invoice",
        [
            ("draft", ["issued", "cancelled"]),
            ("issued", ["balanced", "cancelled"]),
            ("balanced", ["issued"]),
            ("cancelled", []),
        ])

    /// PaymentNotice.paymentStatus, which holds the state of the payment; `status` is that of the record.
    package static let payment = StateMachine(
        "PaymentNotice", element: "paymentStatus", error: nil,
        [
            ("pending-verification", ["paid", "rejected"]),
            ("paid", ["cleared", "refunded"]),
            ("cleared", ["refunded"]),
            ("refunded", []),
            ("rejected", []),
        ])

    /// PaymentNotice.status, of the record.
    package static let paymentNotice = StateMachine(
        "PaymentNotice",
        [
            ("draft", ["active", "cancelled"]),
            ("active", ["cancelled"]),
            ("cancelled", []),
        ])

    /// Claim.status.
    package static let claim = StateMachine(
        "Claim",
        [
            ("draft", ["active", "cancelled"]),
            ("active", ["cancelled"]),
            ("cancelled", []),
        ])

    /// ClaimResponse.outcome.
    package static let claimResponse = StateMachine(
        "ClaimResponse", element: "outcome", error: nil,
        [
            ("queued", ["complete", "partial", "error"]),
            ("partial", ["complete", "error"]),
            ("complete", []),
            ("error", []),
        ])

    static let money: [StateMachine] = [chargeItem, invoice, payment, paymentNotice, claim, claimResponse]
}
