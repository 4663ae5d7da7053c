import PostgreSQL

extension Grants {
    static let insertGrant = SQLStatement(
        """
        INSERT INTO oauth_grant
          (id, client, person, session, scope, patient, encounter, needs_banner, signed_in, expires, fhir_context,
           intent)
        VALUES ($1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text, $8::boolean, $9::timestamptz,
          $10::timestamptz, $11::text, $12::text)
        """)
    static let find = SQLStatement("SELECT \(columns) FROM oauth_grant g WHERE g.id = $1::text")
    static let insertCode = SQLStatement(
        """
        INSERT INTO oauth_code (hash, grant_id, redirect, challenge, nonce, expires)
        VALUES ($1::bytea, $2::text, $3::text, $4::text, $5::text, $6::timestamptz)
        """)

    /// Of `columns`.
    static let columnCount = 15
    static let columns = """
        g.id, g.client, g.person, g.session, g.scope, g.patient, g.encounter, g.needs_banner,
        (extract(epoch FROM g.signed_in) * 1000000)::bigint, (extract(epoch FROM g.expires) * 1000000)::bigint,
        g.revoked IS NOT NULL, g.expires > now(), (extract(epoch FROM g.created) * 1000000)::bigint,
        g.fhir_context, g.intent
        """
    static let findCode = SQLStatement(
        """
        SELECT \(columns), c.used IS NOT NULL, c.redirect, c.challenge, c.nonce, c.expires > now()
        FROM oauth_code c JOIN oauth_grant g ON g.id = c.grant_id WHERE c.hash = $1::bytea FOR UPDATE
        """)
    static let useCode = SQLStatement("UPDATE oauth_code SET used = now() WHERE hash = $1::bytea")
    static let insertRefresh = SQLStatement(
        "INSERT INTO oauth_refresh (hash, grant_id, expires) VALUES ($1::bytea, $2::text, $3::timestamptz)")
    private static let refreshes = """
        SELECT \(columns), r.used IS NOT NULL, r.expires > now()
        FROM oauth_refresh r JOIN oauth_grant g ON g.id = r.grant_id WHERE r.hash = $1::bytea
        """
    static let findRefresh = SQLStatement(refreshes + " FOR UPDATE")
    static let peekRefresh = SQLStatement(refreshes)
    static let useRefresh = SQLStatement("UPDATE oauth_refresh SET used = now() WHERE hash = $1::bytea")
    static let revoke = SQLStatement(
        "UPDATE oauth_grant SET revoked = now(), reason = $2::text WHERE id = $1::text AND revoked IS NULL")
    static let revokeToken = SQLStatement(
        """
        WITH kept AS (
          INSERT INTO oauth_revoked (jti, expires) VALUES ($1::text, $2::timestamptz) ON CONFLICT DO NOTHING)
        SELECT access_changed('token:' || $1::text)
        """)
    static let deleteToken = SQLStatement(
        """
        WITH gone AS (DELETE FROM oauth_standing_token WHERE hash = $1::bytea RETURNING hash)
        SELECT access_changed('token:' || encode(hash, 'hex')) FROM gone
        """)
    /// Used refresh tokens stay as long as their grant, so that a stolen one is noticed.
    static let prunes = [
        "DELETE FROM oauth_grant WHERE expires < now() - interval '1 day'",
        "DELETE FROM oauth_consent WHERE used < now() - interval '1 year'",
        "DELETE FROM oauth_code WHERE expires < now() - interval '1 day'",
        "DELETE FROM oauth_revoked WHERE expires < now()",
        "DELETE FROM oauth_assertion WHERE expires < now() - interval '1 minute'",
        "DELETE FROM oauth_launch WHERE expires < now() - interval '1 day'",
        "DELETE FROM oauth_standing_token WHERE expires < now() - interval '1 day'",
    ].map { SQLStatement($0) }
}
