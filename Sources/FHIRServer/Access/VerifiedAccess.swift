package import Access

/// Demands a bearer token (RFC 6750) that the server gave out and that still holds.
package struct VerifiedAccess: AccessControl {
    package let demandsToken = true
    private let verifier: TokenVerifier

    package init(verifier: TokenVerifier) {
        self.verifier = verifier
    }

    package func decide(_ request: AccessRequest) async throws -> AccessDecision {
        // R4 http.html#capabilities and SMART: clients read the capabilities before they can sign in.
        if request.route == .capabilities { return .allow(.anonymous) }
        guard let authorization = request.authorization else {
            return .deny(RequestError(.unauthorized, "an access token is required"))
        }
        let parts = authorization.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else {
            return .deny(RequestError(.unauthorized, "Authorization must be of the form: Bearer TOKEN"))
        }
        guard let principal = try await verifier.principal(token: String(parts[1])) else {
            return .deny(RequestError(.unauthorized, "the access token is not valid"))
        }
        return .allow(Caller(name: principal.name))
    }
}

extension Principal {
    /// Whoever it is, for logs and lists.
    fileprivate var name: String {
        switch subject {
        case .account(let person): "Person/\(person)"
        case .client(let id): id
        }
    }
}
