import Access
import FHIRStore
import PostgreSQL

/// Looks for what is kept in the database that endangers the rest of it.
struct StoredSafety: Sendable {
    let database: Database

    func findings() async throws -> [SafetyFinding] {
        var findings: [SafetyFinding] = []
        let counts = try await database.read(Self.counts)
        func count(_ column: Int) -> Int64 { counts.int64(0, column) ?? 0 }
        if count(0) == 0 {
            findings.append(
                .advice(
                    "no-administrator",
                    "there is no administrator: follow the link that the server printed at its start"))
        }
        if count(1) > 0 {
            findings.append(
                .advice(
                    "no-second-factor",
                    "\(count(1)) administrators sign in without a second factor (/auth/mfa/enrol); "
                        + "$change-access-rights can demand it of roles (secondFactorFor)"))
        }
        if count(2) > 0 {
            findings.append(
                .advice(
                    "endless-tokens",
                    "\(count(2)) tokens of the command line never expire and see everything: issue them with --expires")
            )
        }
        if count(3) > 0 {
            findings.append(
                .advice(
                    "local-origin",
                    "\(count(3)) clients let scripts ask from this machine (--origin http://localhost): for development"
                ))
        }
        return findings
    }

    private static let counts = SQLStatement(
        """
        SELECT (SELECT count(*) FROM account_superadmin),
          (SELECT count(DISTINCT a.person) FROM account_superadmin s JOIN user_account a ON a.person = s.person
           WHERE a.totp IS NULL),
          (SELECT count(*) FROM access_token WHERE expires IS NULL),
          (SELECT count(*) FROM oauth_client WHERE is_enabled AND EXISTS (
             SELECT FROM unnest(origins) AS origin WHERE origin LIKE 'http://%'))
        """)
}
