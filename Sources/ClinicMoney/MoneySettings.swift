import Clinic

/// The rules of money that a clinic may change.
enum MoneySettings {
    static let currency = ClinicSetting(
        "money.currency", "Currency (ISO 4217) where none is stated.", standard: #""EUR""#)
    static let discountApproval = ClinicSetting(
        "discount.approval-percent",
        "Discounts of an invoice above so many percent take a second person.", standard: "10")
    static let refundApproval = ClinicSetting(
        "refund.approval-amount", "Refunds of a payment above this amount take a second person.", standard: "100")
    static let creditApproval = ClinicSetting(
        "credit.approval-amount", "Credit notes above this amount take another person than who issued the invoice.",
        standard: "100")
    static let intentMinutes = ClinicSetting(
        "payment.intent-minutes", "Minutes after which a QR code expires where nothing else is asked for.",
        standard: "30")
    static let organization = ClinicSetting(
        "clinic.organization", "Organization/[id] that issues invoices and is told of payments; empty for none.",
        standard: #""""#)

    static let payer = ClinicSetting(
        "payer.simulator", "What the simulated payer does: percent paid, codes excluded, mode sync or queued.",
        standard: #"{"percent":80,"excluded":[],"mode":"sync"}"#)

    static let all = [currency, discountApproval, refundApproval, creditApproval, intentMinutes, organization, payer]
}
