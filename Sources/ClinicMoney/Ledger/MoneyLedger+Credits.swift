import Clinic
import FHIRStore
import PostgreSQL

/// What of an invoice was credited, and which payments settled the rest.
extension MoneyLedger {
    /// In smaller units.
    func credited(_ invoice: LocalReference) async throws -> Int {
        var parameters = SQLParameters()
        parameters.append(text: invoice.id)
        parameters.append(text: CreditNote.method)
        let rows = try await work.transaction.session.query(Self.creditedOf, parameters)
        return Int(rows.int64(0, 0) ?? 0)
    }

    /// The payments that settle an invoice, latest first, credit notes left out.
    func payments(of invoice: LocalReference) async throws -> [(notice: LocalReference, amount: Amount)] {
        var parameters = SQLParameters()
        parameters.append(text: invoice.id)
        parameters.append(text: CreditNote.method)
        let rows = try await work.transaction.session.query(Self.paymentsOf, parameters)
        return (0..<rows.rowCount).compactMap { row in
            guard let notice = rows.string(row, 0), let minor = rows.int64(row, 1) else { return nil }
            return (
                LocalReference("PaymentNotice", notice), Amount(Int(minor), Currency(rows.string(row, 2) ?? ""))
            )
        }
    }

    private static let creditedOf = SQLStatement(
        """
        SELECT coalesce(sum(e.amount), 0)::bigint FROM money_entry e JOIN money_payment p USING (notice)
        WHERE e.invoice = $1::text AND p.method = $2::text
        """)
    private static let paymentsOf = SQLStatement(
        """
        SELECT e.notice, sum(e.amount)::bigint, min(p.currency)
        FROM money_entry e JOIN money_payment p USING (notice)
        WHERE e.invoice = $1::text AND p.method <> $2::text
        GROUP BY e.notice HAVING sum(e.amount) > 0 ORDER BY max(e.id) DESC
        """)
}
