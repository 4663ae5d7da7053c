package import Access
import FHIRServer
package import FHIRStore
import HTTPTypes
import JSONTape

/// The server of OAuth 2.0, SMART App Launch 2.2 and OpenID Connect: what its endpoints share.
package struct OAuthService: Sendable {
    let store: FHIRStore
    let search: SearchService
    let keys: SigningKeys
    let clients: Clients
    let grants: Grants
    let issuer: TokenIssuer
    let verifier: TokenVerifier
    let rights: RightsBook
    let accounts: any AccountDirectory
    let sessions: any SessionDirectory
    let remote: RemoteKeys
    let launches: Launches
    /// Whether programs may register themselves (RFC 7591).
    let takesRegistrations: Bool
    let journal: (any AccountJournal)?

    /// - Parameter journal: keeps the record; nil for nobody.
    package init(
        store: FHIRStore, search: SearchService, keys: SigningKeys, clients: Clients, grants: Grants,
        verifier: TokenVerifier, rights: RightsBook, accounts: any AccountDirectory, sessions: any SessionDirectory,
        remote: RemoteKeys, takesRegistrations: Bool, journal: (any AccountJournal)? = nil
    ) {
        self.journal = journal
        self.store = store
        self.search = search
        self.keys = keys
        self.clients = clients
        self.grants = grants
        self.verifier = verifier
        self.rights = rights
        self.accounts = accounts
        self.sessions = sessions
        self.remote = remote
        self.takesRegistrations = takesRegistrations
        issuer = TokenIssuer(keys: keys)
        launches = Launches(database: store.database)
    }

    package var routes: [AuthRoute] {
        var routes = [
            AuthRoute(.post, "/auth/token", recordedToken),
            AuthRoute(.get, "/auth/authorize", authorize),
            AuthRoute(.post, "/auth/authorize", authorize),
            AuthRoute(.post, "/auth/authorize/patient", choosePatient),
            AuthRoute(.post, "/auth/authorize/encounter", chooseEncounter),
            AuthRoute(.post, "/auth/authorize/consent", consent),
            AuthRoute(.post, "/auth/launch", launch),
            AuthRoute(.post, "/auth/introspect", introspect),
            AuthRoute(.post, "/auth/revoke", revoke),
            AuthRoute(.get, "/auth/userinfo", userInfo),
            AuthRoute(.post, "/auth/userinfo", userInfo),
            AuthRoute(.get, "/auth/jwks", publishedKeys),
            AuthRoute(.get, "/auth/style", style),
            AuthRoute(.get, "/fhir/.well-known/smart-configuration", smartConfiguration),
            AuthRoute(.get, "/.well-known/smart-configuration", toSMARTConfiguration),
            AuthRoute(.get, "/.well-known/openid-configuration", openIDConfiguration),
            AuthRoute(.get, "/.well-known/oauth-authorization-server", openIDConfiguration),
        ]
        if takesRegistrations { routes.append(AuthRoute(.post, "/auth/register", register)) }
        return routes
    }

    // MARK: - The record

    /// `POST /auth/token`, put on record whether a token was issued or not.
    @Sendable private func recordedToken(_ request: PageRequest) async throws -> PageAnswer {
        do {
            let issued = try await token(request)
            await journal?.record(
                AccountEvent(
                    .tokenIssued, person: issued.person, address: request.remoteAddress, client: issued.client))
            return issued.answer
        } catch {
            await journal?.record(
                AccountEvent(
                    .tokenRefused, address: request.remoteAddress, client: claimedClient(request),
                    reason: (error as? AuthError)?.code))
            throw error
        }
    }

    /// Who the program says it is: what it sent in clear, believed by nobody.
    private func claimedClient(_ request: PageRequest) -> String? {
        let name = try? OAuthForm(body: request)["client_id"]
        return name.map { String($0.prefix(128)) }
    }

    // MARK: - Answers

    /// JSON that no cache keeps (RFC 6749 §5.1).
    static func answer(_ status: Int = 200, _ write: (inout JSONWriter) throws -> Void) rethrows -> PageAnswer {
        var writer = JSONWriter()
        writer.beginObject()
        try write(&writer)
        writer.endObject()
        var answer = PageAnswer(status, body: writer.bytes)
        answer.fields[.contentType] = "application/json"
        answer.fields[.cacheControl] = "no-store"
        answer.fields[.pragma] = "no-cache"
        return answer
    }

    // MARK: - Bearer tokens

    /// The valid token that a request shows (RFC 6750).
    func bearer(_ request: PageRequest, scope: String? = nil) async throws -> TokenVerifier.Finding {
        let parts = (request.fields[.authorization] ?? "").split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else {
            throw AuthError(
                401, "invalid_token", "an access token is required", challenge: "Bearer realm=\"martlet\"")
        }
        guard let finding = try await verifier.finding(token: String(parts[1])) else {
            throw AuthError(
                401, "invalid_token", "the access token is not valid",
                challenge: "Bearer realm=\"martlet\", error=\"invalid_token\"")
        }
        if let scope, !finding.scope.contains(scope) {
            throw AuthError(
                403, "insufficient_scope", "the access token lacks the scope \(scope)",
                challenge: "Bearer realm=\"martlet\", error=\"insufficient_scope\", scope=\"\(scope)\"")
        }
        return finding
    }
}
