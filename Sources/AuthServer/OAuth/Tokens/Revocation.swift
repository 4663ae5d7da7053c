import Access
import FHIRServer

/// `POST /auth/revoke` (RFC 7009).
extension OAuthService {
    @Sendable func revoke(_ request: PageRequest) async throws -> PageAnswer {
        let form = try OAuthForm(body: request)
        let client = try await authenticate(request, form)
        let token = try form.require("token")
        if let grant = try await grants.grant(refresh: token) {
            try Self.require(grant.client == client.id)
            try await grants.revoke(grant.id, reason: "client")
        } else if let finding = try await verifier.finding(token: token) {
            try Self.require(finding.principal.client == client.id)
            if let id = finding.id, let expires = finding.expires {
                try await grants.revoke(tokenID: id, expires: expires)
            } else {
                _ = try await grants.revoke(opaque: token)
            }
        }
        // §2.2: a token that is none is as good as one that was revoked.
        return Self.answer { _ in }
    }

    private static func require(_ isOwn: Bool) throws {
        guard isOwn else { throw AuthError(400, "unauthorized_client", "the token was issued to another client") }
    }
}
