import Clinic
import FHIRFormats
import FHIRModel
import FHIRStore
import PostgreSQL

/// Adds to the ledger of stock, in an operation's transaction.
struct StockLedger: Sendable {
    /// One movement of a batch to a place.
    struct Entry: Sendable {
        var item: String
        var batch: String
        /// `2027-03-31`, perhaps without day or month.
        var expiry: String?
        var place: String
        var pool = Pool.stock
        var amount: MedicineAmount
        /// What is taken off or put on, with its sign.
        var quantity: String
    }

    enum Pool: String, Sendable { case stock, quarantine, transit }
    enum Kind: String, Sendable { case receive, adjust, dispense, `return`, dispatch, accept, reject }

    /// What a movement is about.
    struct Cause: Sendable {
        var kind: Kind
        /// The resource that documents it.
        var document: LocalReference?
        /// The resource that it comes from.
        var origin: LocalReference?
        var reason: String?
    }

    /// What was taken from one batch.
    struct Part: Sendable {
        var item: String
        var batch: String
        var expires: String?
        /// A JSON number.
        var quantity: String
    }

    private let work: ClinicWork

    init(_ work: ClinicWork) { self.work = work }

    /// Records the entries in one round trip; in one order for all, so that no two block each other.
    func enter(_ entries: [Entry], _ cause: Cause) async throws {
        let sorted = entries.sorted { ($0.item, $0.place, $0.batch) < ($1.item, $1.place, $1.batch) }
        _ = try await work.transaction.session.queries(
            sorted.map { entry in
                var parameters = SQLParameters()
                parameters.append(text: entry.item)
                parameters.append(text: entry.batch)
                parameters.append(text: entry.expiry)
                parameters.append(text: entry.amount.unitJSON)
                parameters.append(text: entry.place)
                parameters.append(text: entry.pool.rawValue)
                parameters.append(text: entry.quantity)
                append(cause, to: &parameters)
                return (Self.enter, parameters)
            })
    }

    /// Takes an amount of any of some items from a place, first what expires first.
    ///
    /// - Parameters:
    ///   - zone: time zone in which it is known whether a batch has expired; nil to take expired ones too.
    ///   - before: statements that go in front, in the same round trip.
    /// - Throws: 409 out-of-stock, 422 expired-batch.
    func take(
        _ items: [String], batch: String?, from place: String, _ amount: MedicineAmount, zone: String?, _ cause: Cause,
        before: [(SQLStatement, SQLParameters)] = []
    ) async throws -> [Part] {
        var parameters = SQLParameters()
        parameters.append(textArray: items)
        parameters.append(text: batch)
        parameters.append(text: place)
        parameters.append(text: amount.value.text)
        parameters.append(text: amount.unitJSON)
        parameters.append(text: zone)
        append(cause, to: &parameters)
        let results = try await work.transaction.session.queries(before + [(Self.take, parameters)])
        guard let rows = results.last else { return [] }
        return (0..<rows.rowCount).map { row in
            Part(
                item: rows.string(row, 0) ?? "", batch: rows.string(row, 1) ?? "", expires: rows.string(row, 2),
                quantity: rows.string(row, 3) ?? "0")
        }
    }

    private func append(_ cause: Cause, to parameters: inout SQLParameters) {
        parameters.append(text: cause.kind.rawValue)
        parameters.append(text: cause.document?.text)
        parameters.append(text: cause.origin?.text)
        parameters.append(text: cause.reason)
        parameters.append(text: work.call.caller)
        parameters.append(timestamp: work.now.microsecondsSince1970)
    }

    private static let enter = SQLStatement(
        """
        SELECT stock_enter($1::text, $2::text, medicine_last_day($3::text), $4::text::jsonb, $5::text, $6::text,
          $7::text::numeric, $8::text, $9::text, $10::text, $11::text, $12::text, $13::timestamptz)
        """)
    private static let take = SQLStatement(
        """
        SELECT taken_item, taken_batch, taken_expires::text, taken_quantity::text
        FROM stock_take($1::text[], $2::text, $3::text, $4::text::numeric, $5::text::jsonb,
          ($12::timestamptz AT TIME ZONE medicine_zone($6::text))::date,
          $7::text, $8::text, $9::text, $10::text, $11::text, $12::timestamptz)
        """)
}
