package import Access

/// Demands a bearer token (RFC 6750): one of the authorization server, whose rights are looked up at each request, or
/// one of the random tokens of administrators, who see all.
package struct TokenAccess: AccessControl {
    package let demandsToken = true
    private let verifier: any PrincipalVerifying
    private let tokens: AccessTokens
    private let rights: RightsBook

    package init(verifier: any PrincipalVerifying, tokens: AccessTokens, rights: RightsBook) {
        self.verifier = verifier
        self.tokens = tokens
        self.rights = rights
    }

    package func decide(_ request: AccessRequest) async throws -> AccessDecision {
        // R4 http.html#capabilities and SMART: clients read the capabilities before they can sign in.
        if request.route == .capabilities { return .allow(.anonymous) }
        guard let authorization = request.authorization else {
            return .deny(RequestError(.unauthorized, "an access token is required"))
        }
        let parts = authorization.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else {
            return .deny(
                RequestError(
                    .unauthorized, "Authorization must be of the form: Bearer TOKEN", challenge: "invalid_request"))
        }
        guard let caller = try await caller(String(parts[1])) else {
            return .deny(RequestError(.unauthorized, "the access token is not valid", challenge: "invalid_token"))
        }
        do {
            try caller.requireRights(request.method, request.route)
        } catch let error as RequestError {
            return .deny(error, caller)
        }
        return .allow(caller)
    }

    private func caller(_ token: String) async throws -> Caller? {
        // Those of administrators are hexadecimal; a signed one has its parts set off by full stops (RFC 7515 §3.1).
        if !token.contains("."), var caller = try await tokens.caller(of: token) {
            let administrator = Principal(.client(caller.name ?? ""), roles: ["superadmin"])
            caller.rights = try await rights.rights(of: administrator)
            return caller
        }
        guard let principal = try await verifier.principal(token: token) else { return nil }
        return Caller(name: principal.name, rights: try await rights.rights(of: principal))
    }
}

extension Principal {
    /// How the clinic's books name who acts.
    fileprivate var name: String {
        if let practitioner { return "Practitioner/\(practitioner)" }
        return switch subject {
        case .account(let person): "Person/\(person)"
        case .client(let id): id
        }
    }
}
