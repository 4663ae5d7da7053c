/// Tells whose a bearer token is: the authorization server's part.
package protocol PrincipalVerifying: Sendable {
    /// Nil for a token that is not valid, whatever the reason.
    func principal(token: String) async throws -> Principal?
}
