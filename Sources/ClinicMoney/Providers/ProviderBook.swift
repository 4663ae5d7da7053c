import Clinic
import FHIRStore
import PostgreSQL

/// What one provider has told: its events and the payments that came of them.
struct ProviderBook: Sendable {
    private let provider: String
    private let work: ClinicWork

    init(_ provider: String, _ work: ClinicWork) {
        self.provider = provider
        self.work = work
    }

    /// Enters an event; false where it was told before.
    ///
    /// Deliveries of one provider wait for one another, so that of several about one payment the first counts.
    func enter(event: String) async throws -> Bool {
        let results = try await work.transaction.session.queries([
            (Self.wait, parameters([provider])), (Self.add, parameters([provider, event])),
        ])
        return results[1].rowCount > 0
    }

    /// The payment that came of an event.
    func payment(ofEvent event: String) async throws -> LocalReference? {
        let rows = try await work.transaction.session.query(Self.read, parameters([provider, event]))
        return rows.rowCount > 0 ? rows.string(0, 0).map { LocalReference("PaymentNotice", $0) } : nil
    }

    func keep(_ notice: LocalReference, of event: String) async throws {
        _ = try await work.transaction.session.query(Self.set, parameters([provider, event, notice.id]))
    }

    /// The payment that the provider knows under a number.
    func payment(_ reference: String) async throws -> LocalReference? {
        let rows = try await work.transaction.session.query(Self.find, parameters([provider, reference]))
        return rows.rowCount > 0 ? rows.string(0, 0).map { LocalReference("PaymentNotice", $0) } : nil
    }

    /// The payment that waits under the nonce of a QR code.
    func notice(nonce: String) async throws -> LocalReference? {
        let rows = try await work.transaction.session.query(Self.intent, parameters([nonce]))
        return rows.rowCount > 0 ? rows.string(0, 0).map { LocalReference("PaymentNotice", $0) } : nil
    }

    /// The invoice that is named, or that a QR code was for.
    func invoice(_ name: String?, _ nonce: String?) async throws -> LocalReference? {
        if let name, let reference = LocalReference(name), reference.typeName == "Invoice" {
            return try await work.find(reference)?.reference
        }
        let rows = try await work.transaction.session.query(Self.billed, parameters([name ?? "", nonce ?? ""]))
        return rows.rowCount > 0 ? rows.string(0, 0).map { LocalReference("Invoice", $0) } : nil
    }

    /// Says of a payment by whom its money was carried.
    func name(_ notice: LocalReference) async throws {
        _ = try await work.transaction.session.query(Self.carry, parameters([notice.id, provider]))
    }

    private func parameters(_ texts: [String]) -> SQLParameters {
        var parameters = SQLParameters()
        for text in texts { parameters.append(text: text) }
        return parameters
    }

    private static let wait = SQLStatement("SELECT name FROM money_provider WHERE name = $1::text FOR NO KEY UPDATE")
    private static let add = SQLStatement(
        "INSERT INTO money_event (provider, event) VALUES ($1::text, $2::text) ON CONFLICT DO NOTHING RETURNING 1")
    private static let read = SQLStatement(
        "SELECT notice FROM money_event WHERE provider = $1::text AND event = $2::text")
    private static let set = SQLStatement(
        "UPDATE money_event SET notice = $3::text WHERE provider = $1::text AND event = $2::text")
    private static let find = SQLStatement(
        """
        SELECT notice FROM money_payment
        WHERE provider = $1::text AND reference = $2::text AND state NOT IN ('rejected', 'cancelled') LIMIT 1
        """)
    private static let intent = SQLStatement("SELECT notice FROM money_intent WHERE nonce = $1::text")
    private static let billed = SQLStatement(
        """
        SELECT invoice FROM money_invoice WHERE number = $1::text
        UNION ALL SELECT invoice FROM money_intent WHERE nonce = $2::text LIMIT 1
        """)
    private static let carry = SQLStatement("UPDATE money_payment SET provider = $2::text WHERE notice = $1::text")
}
