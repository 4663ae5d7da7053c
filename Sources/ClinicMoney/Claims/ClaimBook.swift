import Clinic
import FHIRStore
import JSONTape
import PostgreSQL

/// Which claims were submitted, by whatever they were known.
struct ClaimBook: Sendable {
    private let work: ClinicWork

    init(_ work: ClinicWork) { self.work = work }

    func isSubmitted(_ claim: LocalReference) async throws -> Bool {
        var parameters = SQLParameters()
        parameters.append(text: claim.id)
        return try await work.transaction.session.query(Self.find, parameters).rowCount > 0
    }

    /// Enters a claim. Throws `StoreError` (409 duplicate) where one of its identifiers was submitted before.
    func submit(_ claim: JSONNode, _ reference: LocalReference) async throws {
        let identifiers = (claim["identifier"]?.items ?? []).compactMap { identifier in
            identifier["value"]?.string.map { (identifier["system"]?.string ?? "") + "|" + $0 }
        }
        let keys = identifiers.isEmpty ? ["Claim/\(reference.id)"] : Set(identifiers).sorted()
        var parameters = SQLParameters()
        parameters.append(text: reference.id)
        parameters.append(textArray: keys)
        let rows = try await work.transaction.session.query(Self.enter, parameters)
        guard rows.rowCount == keys.count else { throw Self.duplicate }
    }

    static var duplicate: StoreError {
        StoreError(.conflict, "the claim was submitted before", expression: "Claim.identifier", details: "duplicate")
    }

    private static let find = SQLStatement("SELECT 1 FROM money_claim WHERE claim = $1::text LIMIT 1")
    private static let enter = SQLStatement(
        """
        INSERT INTO money_claim (key, claim) SELECT k, $1::text FROM unnest($2::text[]) k ORDER BY k
        ON CONFLICT DO NOTHING RETURNING 1
        """)
}
