import JSONTape

/// Writes and signs tokens.
package struct TokenIssuer: Sendable {
    /// Seconds that an access token of a person serves.
    package static let personLifetime = 900
    /// Seconds that an access token of a backend service serves (SMART Backend Services: five minutes at most).
    package static let backendLifetime = 300
    /// `typ` of access tokens (RFC 9068 §2.1): nothing else that we sign is taken for one.
    static let accessType = "at+jwt"

    private let keys: SigningKeys

    package init(keys: SigningKeys) {
        self.keys = keys
    }

    /// Where tokens come from and what they are for.
    package struct Addresses: Sendable, Hashable {
        /// `iss`: the server without `/fhir`.
        package var issuer: String
        /// `aud` of access tokens: the FHIR API.
        package var fhir: String

        /// - Parameter base: address of the FHIR API, without a slash at the end.
        package init(base: String) {
            fhir = base
            issuer = base.hasSuffix("/fhir") ? String(base.dropLast("/fhir".count)) : base
        }

        package var tokenEndpoint: String { issuer + "/auth/token" }
    }

    /// An access token for a grant of a person.
    package func accessToken(_ grant: Grant, scope: [String], _ addresses: Addresses) throws -> String {
        try sign(
            subject: grant.person, client: grant.client, scope: scope, grant: grant, lifetime: Self.personLifetime,
            addresses)
    }

    /// An access token for a client on its own behalf.
    package func accessToken(client: String, scope: [String], _ addresses: Addresses) throws -> String {
        try sign(
            subject: client, client: client, scope: scope, grant: nil, lifetime: Self.backendLifetime, addresses)
    }

    private func sign(
        subject: String, client: String, scope: [String], grant: Grant?, lifetime: Int, _ addresses: Addresses
    ) throws -> String {
        let now = SystemClock.seconds
        var claims = JSONWriter()
        claims.beginObject()
        claims.member("iss", addresses.issuer)
        claims.member("sub", subject)
        claims.member("aud", addresses.fhir)
        claims.member("client_id", client)
        claims.member("jti", RandomToken.make())
        claims.key("iat")
        claims.number(now)
        claims.key("exp")
        claims.number(now + lifetime)
        claims.member("scope", scope.joined(separator: " "))
        if let grant {
            claims.member("grant", grant.id)
            if let patient = grant.patient { claims.member("patient", patient) }
            if let encounter = grant.encounter { claims.member("encounter", encounter) }
        }
        claims.endObject()
        return try CompactJWT.sign(claims.bytes, with: try keys.current(.es384), type: Self.accessType)
    }

    /// An id_token (OIDC Core §2).
    package func idToken(
        _ grant: Grant, nonce: String?, claims identity: IdentityClaims, _ addresses: Addresses
    ) throws -> String {
        let now = SystemClock.seconds
        var claims = JSONWriter()
        claims.beginObject()
        claims.member("iss", addresses.issuer)
        identity.write(to: &claims)
        claims.member("aud", grant.client)
        claims.key("iat")
        claims.number(now)
        claims.key("exp")
        claims.number(now + Self.personLifetime)
        claims.key("auth_time")
        claims.number(Int(grant.signedIn / 1_000_000))
        if let nonce { claims.member("nonce", nonce) }
        claims.endObject()
        return try CompactJWT.sign(claims.bytes, with: try keys.current(.rs256), type: "JWT")
    }
}
