import PostgreSQL

extension MoneyLedger {
    static let addInvoice = SQLStatement(
        """
        INSERT INTO money_invoice (invoice, number, account, patient, currency, total, issued)
        VALUES ($1::text, $2::text, $3::text, $4::text, $5::text, $6::bigint, $7::timestamptz)
        ON CONFLICT DO NOTHING
        """)
    static let paidOf = SQLStatement("SELECT paid FROM money_invoice WHERE invoice = $1::text FOR UPDATE")
    static let paidSeen = SQLStatement("SELECT paid FROM money_invoice WHERE invoice = $1::text")
    /// Money that changes hands is counted in the drawer that its cashier has open.
    static let addPayment = SQLStatement(
        """
        INSERT INTO money_payment (notice, reconciliation, account, patient, currency, amount, state, method, provider,
          reference, recorder, recorded, settled, session)
        SELECT $1::text, $2::text, $3::text, $4::text, $5::text, $6::bigint, $7::text, $8::text, $9::text, $10::text,
          $11::text, $12::timestamptz,
          CASE WHEN $7::text = 'paid' THEN $12::timestamptz END, (
            SELECT session FROM money_session
            WHERE $13::bool AND cashier = $11::text AND currency = $5::text AND closed IS NULL FOR SHARE)
        ON CONFLICT DO NOTHING RETURNING 1
        """)
    static let readPayment = SQLStatement(
        """
        SELECT p.reconciliation, p.currency, p.amount, p.allocated, p.refunded, p.state, p.method, p.recorder,
          i.invoice, (extract(epoch FROM i.expires) * 1000000)::bigint
        FROM money_payment p LEFT JOIN money_intent i ON i.notice = p.notice
        WHERE p.notice = $1::text FOR UPDATE OF p
        """)
    static let changeState = SQLStatement(
        """
        UPDATE money_payment SET state = $2::text,
          settled = CASE WHEN $2::text = 'paid' THEN $3::timestamptz ELSE settled END
        WHERE notice = $1::text
        """)
    static let setReceipt = SQLStatement("UPDATE money_payment SET receipt = $2::bigint WHERE notice = $1::text")
    static let enter = SQLStatement(
        """
        WITH p AS (
          UPDATE money_payment SET allocated = allocated + $3::bigint
          WHERE notice = $1::text AND allocated + $3::bigint >= 0 AND allocated + $3::bigint + refunded <= amount
          RETURNING notice),
        i AS (
          UPDATE money_invoice SET paid = paid + $3::bigint
          WHERE invoice = $2::text AND paid + $3::bigint BETWEEN 0 AND total AND EXISTS (SELECT FROM p)
          RETURNING invoice, paid, total),
        e AS (
          INSERT INTO money_entry (notice, invoice, amount, actor, entered)
          SELECT p.notice, i.invoice, $3::bigint, $4::text, $5::timestamptz FROM p, i)
        SELECT paid, total FROM i
        """)
    static let allocationsOf = SQLStatement(
        """
        SELECT invoice, sum(amount)::bigint FROM money_entry WHERE notice = $1::text
        GROUP BY invoice HAVING sum(amount) > 0 ORDER BY max(id) DESC
        """)
    static let enterRefund = SQLStatement(
        """
        WITH p AS (
          UPDATE money_payment SET refunded = refunded + $2::bigint,
            state = CASE WHEN refunded + $2::bigint = amount THEN 'refunded' ELSE state END
          WHERE notice = $1::text AND allocated + refunded + $2::bigint <= amount AND state IN ('paid', 'cleared')
          RETURNING notice, currency)
        INSERT INTO money_refund (notice, amount, session, actor, refunded)
        SELECT notice, $2::bigint, (
            SELECT session FROM money_session s
            WHERE $5::bool AND s.cashier = $3::text AND s.currency = p.currency AND closed IS NULL FOR SHARE),
          $3::text, $4::timestamptz
        FROM p RETURNING 1
        """)
}
