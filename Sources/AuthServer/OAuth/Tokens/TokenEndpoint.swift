import Access
import FHIRServer
import JSONTape

/// `POST /auth/token` (RFC 6749 §3.2; SMART App Launch 2.2, "Obtain access token").
extension OAuthService {
    /// An answer with a token, and whose the token is; no person for a program's own.
    struct IssuedToken {
        var answer: PageAnswer
        var client: String
        var person: String?
    }

    func token(_ request: PageRequest) async throws -> IssuedToken {
        let form = try OAuthForm(body: request)
        let name = try form.require("grant_type")
        guard let type = OAuthClient.Grant(rawValue: name) else {
            throw AuthError(400, "unsupported_grant_type", "this grant_type is not supported")
        }
        let client = try await authenticate(request, form)
        guard client.grants.contains(type) else {
            throw AuthError(400, "unauthorized_client", "the client is not registered for this grant_type")
        }
        let addresses = TokenIssuer.Addresses(base: request.base)
        do {
            switch type {
            case .authorizationCode: return try await redeem(form, client, addresses)
            case .refreshToken: return try await refresh(form, client, addresses)
            case .clientCredentials:
                return IssuedToken(answer: try await grantBackend(form, client, addresses), client: client.id)
            }
        } catch let failure as GrantFailure {
            throw AuthError(400, "invalid_grant", failure.reason)
        }
    }

    /// RFC 6749 §4.1.3 with RFC 7636 §4.5.
    private func redeem(
        _ form: OAuthForm, _ client: OAuthClient, _ addresses: TokenIssuer.Addresses
    ) async throws -> IssuedToken {
        let code = try form.require("code")
        let redirect = form["redirect_uri"]
        let verifier = form["code_verifier"]
        let (grant, binding) = try await grants.redeem(code: code) { grant, binding in
            guard grant.client == client.id else { throw GrantFailure("the code was issued to another client") }
            guard redirect == binding.redirect else {
                throw GrantFailure("redirect_uri is not the one that the code was asked for with")
            }
            guard let verifier, PKCE.matches(verifier, binding.challenge) else {
                throw GrantFailure("code_verifier does not belong to the code_challenge")
            }
        }
        let principal = try await standing(of: grant)
        var refresh: String?
        let isLasting = grant.scope.contains("offline_access") || grant.scope.contains("online_access")
        if isLasting, client.grants.contains(.refreshToken) { refresh = try await grants.issueRefresh(grant) }
        let answer = try await answer(
            grant, principal, grant.scope, refresh: refresh, nonce: binding.nonce, addresses)
        return IssuedToken(answer: answer, client: client.id, person: grant.person)
    }

    /// RFC 6749 §6.
    private func refresh(
        _ form: OAuthForm, _ client: OAuthClient, _ addresses: TokenIssuer.Addresses
    ) async throws -> IssuedToken {
        let token = try form.require("refresh_token")
        let asked = form["scope"].map { ScopeNegotiation.words($0) }
        let (grant, next) = try await grants.rotate(refresh: token) { grant in
            guard grant.client == client.id else { throw GrantFailure("the token was issued to another client") }
            if let asked {
                // Not more than was granted.
                guard ScopeNegotiation.intersection(asked, grant.scope) == asked else {
                    throw AuthError(400, "invalid_scope", "the scope goes beyond what was granted")
                }
            }
            if let session = grant.session, try await !sessions.extend(session: session) {
                throw GrantFailure("the session has ended")
            }
        }
        let principal = try await standing(of: grant)
        // What the client may ask for may have become less since.
        let scope = ScopeNegotiation.intersection(asked ?? grant.scope, client.scope)
        guard !scope.isEmpty else { throw AuthError(400, "invalid_scope", "nothing is left of what was granted") }
        let answer = try await answer(grant, principal, scope, refresh: next, nonce: nil, addresses)
        return IssuedToken(answer: answer, client: client.id, person: grant.person)
    }

    /// RFC 6749 §4.4; SMART Backend Services, "Obtain access token".
    private func grantBackend(
        _ form: OAuthForm, _ client: OAuthClient, _ addresses: TokenIssuer.Addresses
    ) async throws -> PageAnswer {
        let own = client.scope.filter { SMARTScope($0)?.context == .system }
        let asked = form["scope"].map { ScopeNegotiation.words($0) } ?? own
        let scope = ScopeNegotiation.intersection(asked, own)
        guard !scope.isEmpty else {
            throw AuthError(400, "invalid_scope", "none of these scopes is one that the client may have by itself")
        }
        let token = try issuer.accessToken(client: client.id, scope: scope, addresses)
        return Self.answer { writer in
            Self.write(token, lifetime: TokenIssuer.backendLifetime, scope, to: &writer)
        }
    }

    /// The person of a grant as they stand now.
    private func standing(of grant: Grant) async throws -> Principal {
        guard let standing = try await accounts.standing(person: grant.person), standing.tokensFrom <= grant.created
        else {
            try await grants.revoke(grant.id, reason: "account")
            throw GrantFailure("the account is switched off, its password was changed, or it needs a second factor")
        }
        return standing.principal
    }

    private func answer(
        _ grant: Grant, _ principal: Principal, _ scope: [String], refresh: String?, nonce: String?,
        _ addresses: TokenIssuer.Addresses
    ) async throws -> PageAnswer {
        let token = try issuer.accessToken(grant, scope: scope, addresses)
        var idToken: String?
        if scope.contains("openid") {
            let claims = try await identity(principal, grant.person, scope, addresses)
            idToken = try issuer.idToken(grant, nonce: nonce, claims: claims, addresses)
        }
        return Self.answer { writer in
            Self.write(token, lifetime: TokenIssuer.personLifetime, scope, to: &writer)
            if let refresh { writer.member("refresh_token", refresh) }
            if let idToken { writer.member("id_token", idToken) }
            Self.writeContext(of: grant, addresses, to: &writer)
        }
    }

    /// SMART App Launch 2.2, "Launch context arrives with your access_token".
    static func writeContext(
        of grant: Grant, _ addresses: TokenIssuer.Addresses, to writer: inout JSONWriter
    ) {
        if let patient = grant.patient { writer.member("patient", patient) }
        if let encounter = grant.encounter { writer.member("encounter", encounter) }
        if let context = grant.fhirContext {
            writer.key("fhirContext")
            writer.raw(context.utf8)
        }
        if let intent = grant.intent { writer.member("intent", intent) }
        if let needsBanner = grant.needsBanner {
            writer.key("need_patient_banner")
            writer.bool(needsBanner)
            writer.member("smart_style_url", addresses.issuer + "/auth/style")
        }
    }

    func identity(
        _ principal: Principal, _ person: String, _ scope: [String], _ addresses: TokenIssuer.Addresses
    ) async throws -> IdentityClaims {
        let needsProfile = scope.contains("profile") || scope.contains("email")
        let email = scope.contains("email") ? try await accounts.email(person: person) : nil
        let profile = needsProfile ? try await PersonProfile.read(person, email: email, in: store) : nil
        return IdentityClaims(principal, person: person, profile: profile, scope: scope, addresses)
    }

    private static func write(_ token: String, lifetime: Int, _ scope: [String], to writer: inout JSONWriter) {
        writer.member("access_token", token)
        writer.member("token_type", "Bearer")
        writer.key("expires_in")
        writer.number(lifetime)
        writer.member("scope", scope.joined(separator: " "))
    }
}
