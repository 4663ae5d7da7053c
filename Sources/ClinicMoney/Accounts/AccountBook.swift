import Clinic
import FHIRFormats
import PostgreSQL
import FHIRStore

/// What the books say of an account at a time.
struct AccountBook: Sendable {
    /// One movement: an invoice adds to what is owed, a payment takes from it.
    struct Movement: Sendable {
        var time: Instant
        /// `invoice`, `cancellation`, `payment`, `credit`, `refund`.
        var kind: String
        /// The number of the invoice or the receipt.
        var number: String
        var amount: Amount
    }

    /// What is open of an invoice.
    struct OpenInvoice: Sendable {
        var invoice: LocalReference
        var issued: Instant
        var amount: Amount
    }

    private let work: ClinicWork
    private let account: LocalReference
    private let time: Instant

    init(_ account: LocalReference, at time: Instant, _ work: ClinicWork) {
        self.work = work
        self.account = account
        self.time = time
    }

    /// All movements until then, in order.
    func movements() async throws -> [Movement] {
        let rows = try await work.transaction.session.query(Self.movements, parameters)
        return (0..<rows.rowCount).map { row in
            Movement(
                time: Instant(microsecondsSince1970: rows.int64(row, 0) ?? 0), kind: rows.string(row, 1) ?? "",
                number: rows.string(row, 2) ?? "",
                amount: Amount(Int(rows.int64(row, 3) ?? 0), Currency(rows.string(row, 4) ?? "")))
        }
    }

    /// What was open then.
    func open() async throws -> [OpenInvoice] {
        let rows = try await work.transaction.session.query(Self.open, parameters)
        return (0..<rows.rowCount).map { row in
            OpenInvoice(
                invoice: LocalReference("Invoice", rows.string(row, 0) ?? ""),
                issued: Instant(microsecondsSince1970: rows.int64(row, 1) ?? 0),
                amount: Amount(Int(rows.int64(row, 2) ?? 0), Currency(rows.string(row, 3) ?? "")))
        }
    }

    private var parameters: SQLParameters {
        var parameters = SQLParameters()
        parameters.append(text: account.text)
        parameters.append(timestamp: time.microsecondsSince1970)
        return parameters
    }

    private static let movements = SQLStatement(
        """
        SELECT (extract(epoch FROM at) * 1000000)::bigint, kind, number, amount, currency FROM (
          SELECT issued AS at, 'invoice' AS kind, coalesce(number, invoice) AS number, total AS amount, currency
          FROM money_invoice WHERE account = $1::text
          UNION ALL
          SELECT cancelled, 'cancellation', coalesce(number, invoice), -total, currency
          FROM money_invoice WHERE account = $1::text AND cancelled IS NOT NULL
          UNION ALL
          SELECT settled, CASE method WHEN 'credit-note' THEN 'credit' ELSE 'payment' END,
            coalesce(lpad(receipt::text, 6, '0'), CASE method WHEN 'credit-note' THEN reference END, notice),
            -amount, currency
          FROM money_payment WHERE account = $1::text AND settled IS NOT NULL
          UNION ALL
          SELECT r.refunded, 'refund', coalesce(lpad(p.receipt::text, 6, '0'), p.notice), r.amount, p.currency
          FROM money_refund r JOIN money_payment p USING (notice) WHERE p.account = $1::text) m
        WHERE at <= $2::timestamptz ORDER BY at, kind, number
        """)
    private static let open = SQLStatement(
        """
        SELECT invoice, (extract(epoch FROM issued) * 1000000)::bigint, total - paid, currency FROM (
          SELECT i.invoice, i.issued, i.total, i.currency, coalesce((
            SELECT sum(e.amount) FROM money_entry e
            WHERE e.invoice = i.invoice AND e.entered <= $2::timestamptz), 0)::bigint AS paid
          FROM money_invoice i
          WHERE i.account = $1::text AND i.issued <= $2::timestamptz
            AND (i.cancelled IS NULL OR i.cancelled > $2::timestamptz)) o
        WHERE total > paid ORDER BY issued, invoice
        """)
}
