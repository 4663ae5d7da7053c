import Access
import FHIRServer

/// `/auth/userinfo` (OIDC Core §5.3).
extension OAuthService {
    @Sendable func userInfo(_ request: PageRequest) async throws -> PageAnswer {
        let finding = try await bearer(request, scope: "openid")
        guard case .account(let person) = finding.principal.subject else {
            throw AuthError(403, "insufficient_scope", "the token is not that of a person")
        }
        let claims = try await identity(
            finding.principal, person, finding.scope, TokenIssuer.Addresses(base: request.base))
        return Self.answer { claims.write(to: &$0) }
    }
}
