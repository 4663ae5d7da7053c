package import Clinic
package import FHIRStore

/// Money: charges, invoices, payments, drawers, claims.
package enum MoneyArea: ClinicArea {
    package static let operations: [any ClinicOperation] = [
        CaptureCharges(), GenerateInvoice(), IssueInvoice(), ApplyDiscount(), CancelInvoice(), RecordPayment(),
        RenderInvoice(), AllocatePayment(), RefundPayment(), QRIntent(), VerifyPayment(), RejectPayment(),
        CancelPayment(), ClearPayment(),
        Statement(), Aging(), CashOpen(), CashClose(), ApplyDefinition(), SubmitClaim(), InquireClaim(),
        SubmitEligibility(), CreditInvoice(), FinanceReport(), CloseMonth(), SetPaymentProvider(),
    ]
    package static var migrations: [Migration] { MoneyMigrations.all }
    package static let jobs: [any ClinicJob] = [ExpireIntents()]
    package static let webhooks: [any ClinicWebhook] = [PaymentWebhook()]
    package static let settings = MoneySettings.all
}
