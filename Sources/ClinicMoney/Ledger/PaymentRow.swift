import Clinic
import FHIRFormats
import PostgreSQL

/// A payment as the books have it.
struct PaymentRow: Sendable {
    let notice: LocalReference
    let reconciliation: LocalReference
    let amount: Amount
    let allocated: Int
    let refunded: Int
    let state: String
    let method: String
    /// Who recorded it; empty where nobody was signed in.
    let recorder: String
    /// What it was asked for by a QR code; nil for one that was not.
    let intent: MoneyLedger.Intent?

    /// What is neither allocated nor given back.
    var free: Int { amount.minor - allocated - refunded }
    var refundable: Int { amount.minor - refunded }
    var isCash: Bool { method.lowercased() == "cash" }

    /// Reads the first row of `MoneyLedger.readPayment`.
    init(_ notice: LocalReference, _ rows: QueryResult) {
        self.notice = notice
        reconciliation = LocalReference("PaymentReconciliation", rows.string(0, 0) ?? "")
        amount = Amount(Int(rows.int64(0, 2) ?? 0), Currency(rows.string(0, 1) ?? ""))
        allocated = Int(rows.int64(0, 3) ?? 0)
        refunded = Int(rows.int64(0, 4) ?? 0)
        state = rows.string(0, 5) ?? ""
        method = rows.string(0, 6) ?? ""
        recorder = rows.string(0, 7) ?? ""
        intent = rows.string(0, 8).map { invoice in
            MoneyLedger.Intent(
                invoice: LocalReference("Invoice", invoice),
                expires: Instant(microsecondsSince1970: rows.int64(0, 9) ?? 0))
        }
    }
}

/// A payment to be entered.
struct NewPayment: Sendable {
    var notice: LocalReference
    var reconciliation: LocalReference
    var account: LocalReference?
    var patient: LocalReference?
    var amount: Amount
    var state: String
    var method: String
    var provider: String?
    var reference: String?

    var isCash: Bool { state == "paid" && method.lowercased() == "cash" }
}
