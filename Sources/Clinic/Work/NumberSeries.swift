package import FHIRStore
import PostgreSQL

/// Numbers that the clinic gives out: of patients, invoices, receipts, orders.
package struct NumberSeries: Sendable {
    /// `invoice`.
    package let name: String
    /// Whether a number that was drawn is used whatever happens to the transaction that drew it: then drawing waits
    /// for whoever drew before. Otherwise numbers may be left out, and nobody waits.
    package let isGapFree: Bool

    package init(_ name: String, isGapFree: Bool) {
        self.name = name
        self.isGapFree = isGapFree
    }

    /// The next number, from 1 on.
    package func next(in transaction: StoreTransaction) async throws -> Int {
        var parameters = SQLParameters()
        parameters.append(text: name)
        let result = try await transaction.session.query(isGapFree ? Self.gapFree : Self.loose, parameters)
        guard let number = result.int64(0, 0) else { throw StoreError(.fault, "the series \(name) gave no number") }
        return Int(number)
    }

    private static let gapFree = SQLStatement(
        """
        INSERT INTO clinic_series (name, last) VALUES ($1::text, 1)
        ON CONFLICT (name) DO UPDATE SET last = clinic_series.last + 1 RETURNING last
        """)
    private static let loose = SQLStatement("SELECT clinic_next_number($1::text)")
}
