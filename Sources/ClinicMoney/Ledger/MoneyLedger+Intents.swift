import Clinic
import FHIRFormats
import FHIRStore
import PostgreSQL

/// QR codes that wait for their money.
extension MoneyLedger {
    /// What a payment that somebody was asked for is for, and until when.
    struct Intent: Sendable {
        var invoice: LocalReference
        var expires: Instant
    }

    /// Enters an intent; its nonce.
    func addIntent(_ notice: LocalReference, invoice: LocalReference, expires: Instant) async throws -> String {
        var parameters = SQLParameters()
        parameters.append(text: notice.id)
        parameters.append(text: invoice.id)
        parameters.append(timestamp: expires.microsecondsSince1970)
        let rows = try await work.transaction.session.query(Self.enterIntent, parameters)
        guard let nonce = rows.string(0, 0) else { throw StoreError(.fault, "the intent was not entered") }
        return nonce
    }

    /// Enters what proves a payment. Throws `StoreError` (409 duplicate) for what proved another.
    func addProof(digest: String, of notice: LocalReference) async throws {
        var parameters = SQLParameters()
        parameters.append(text: digest)
        parameters.append(text: notice.id)
        let rows = try await work.transaction.session.query(Self.enterProof, parameters)
        guard rows.rowCount > 0 else {
            throw StoreError(
                .conflict, "this evidence proved another payment", expression: work.parameters.place(of: "evidence"),
                details: "duplicate")
        }
    }

    /// Enters the number of a payment at its provider. Throws `StoreError` (409 duplicate) where it counts already.
    func setReference(_ reference: String, of notice: LocalReference) async throws {
        var parameters = SQLParameters()
        parameters.append(text: notice.id)
        parameters.append(text: reference)
        let rows = try await work.transaction.session.query(Self.enterReference, parameters)
        guard rows.rowCount > 0 else {
            throw StoreError(
                .conflict, "a payment of this method and reference is recorded already",
                expression: work.parameters.place(of: "reference"), details: "duplicate")
        }
    }

    /// SHA-256 of bytes, in hexadecimal.
    func digest(_ bytes: [UInt8]) async throws -> String {
        var parameters = SQLParameters()
        parameters.append(bytes: bytes)
        let rows = try await work.transaction.session.query(Self.digest, parameters)
        return rows.string(0, 0) ?? ""
    }

    private static let enterIntent = SQLStatement(
        """
        INSERT INTO money_intent (notice, invoice, nonce, expires)
        VALUES ($1::text, $2::text, replace(gen_random_uuid()::text, '-', ''), $3::timestamptz) RETURNING nonce
        """)
    private static let enterProof = SQLStatement(
        "INSERT INTO money_proof (digest, notice) VALUES ($1::text, $2::text) ON CONFLICT DO NOTHING RETURNING 1")
    private static let enterReference = SQLStatement(
        """
        UPDATE money_payment p SET reference = $2::text
        WHERE p.notice = $1::text AND NOT EXISTS (
          SELECT FROM money_payment o WHERE lower(o.method) = lower(p.method) AND o.provider = p.provider
            AND o.reference = $2::text AND o.state NOT IN ('rejected', 'cancelled') AND o.notice <> p.notice)
        RETURNING 1
        """)
    private static let digest = SQLStatement("SELECT encode(sha256($1::bytea), 'hex')")
}
