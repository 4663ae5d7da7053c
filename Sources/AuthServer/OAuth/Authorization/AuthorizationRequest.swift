import Access
import FHIRSearch
import FHIRServer

/// What an app asks for at `/auth/authorize` (RFC 6749 §4.1.1, RFC 7636 §4.3, SMART App Launch 2.2, OIDC Core
/// §3.1.2.1).
///
/// Checked in this order: the client, then its redirect URI; what is wrong with them is told to the person, since
/// nobody knows who waits at the address. All that follows is told to the app, at the address that was registered.
struct AuthorizationRequest: Sendable {
    let client: OAuthClient
    let redirect: String
    let state: String?
    private let form: OAuthForm

    /// - Throws: `AuthError`, to be shown to the person.
    init(_ items: QueryItems, clients: Clients) async throws {
        let refused = "invalid_request"
        // Given twice, nobody can say which one is meant.
        for name in ["client_id", "redirect_uri"] where items.all(name).count != 1 {
            throw AuthError(400, refused, "The application did not say who it is, or where it waits for the answer.")
        }
        let id = items.first("client_id") ?? ""
        guard let client = try await clients.find(id), client.isEnabled else {
            throw AuthError(400, "invalid_client", "The application is not registered here.")
        }
        let redirect = items.first("redirect_uri") ?? ""
        // RFC 6749 §3.1.2.3, RFC 9700 §4.1.3: compared as texts.
        guard client.redirects.contains(redirect) else {
            throw AuthError(400, refused, "The application waits for the answer at an address that is not registered.")
        }
        self.client = client
        self.redirect = redirect
        let states = items.all("state")
        state = states.count == 1 && !states[0].isEmpty ? states[0] : nil
        do {
            form = try OAuthForm(items)
        } catch let error as AuthError {
            throw Refusal(error.code, error.description, at: redirect, state: state)
        }
    }

    /// What the app is told at its redirect URI (RFC 6749 §4.1.2.1).
    struct Refusal: Error, Sendable {
        var code: String
        var description: String
        var redirect: String
        var state: String?

        init(_ code: String, _ description: String, at redirect: String, state: String?) {
            self.code = code
            self.description = description
            self.redirect = redirect
            self.state = state
        }
    }

    func refusal(_ code: String, _ description: String) -> Refusal {
        Refusal(code, description, at: redirect, state: state)
    }

    /// Value of `prompt` (OIDC Core §3.1.2.1).
    var prompts: [String] { ScopeNegotiation.words(form["prompt"] ?? "") }
    /// Handle of an EHR launch.
    var launch: String? { form["launch"] }
    /// Seconds since the password was given, at most.
    var maxAge: Int? { form["max_age"].flatMap { Int($0) } }

    /// What the app may have of what it asks for, and what binds the code to it.
    func settled(audience: String) throws -> (scope: [String], binding: CodeBinding) {
        guard form["response_type"] != nil else { throw refusal("invalid_request", "response_type is missing") }
        guard form["response_type"] == "code" else {
            throw refusal("unsupported_response_type", "response_type is code")
        }
        guard form["response_mode"].map({ $0 == "query" }) ?? true else {
            throw refusal("invalid_request", "response_mode is query")
        }
        guard form["request"] == nil else { throw refusal("request_not_supported", "request is not supported") }
        guard form["request_uri"] == nil else {
            throw refusal("request_uri_not_supported", "request_uri is not supported")
        }
        guard client.grants.contains(.authorizationCode) else {
            throw refusal("unauthorized_client", "the client is not registered for authorization_code")
        }
        guard state != nil else { throw refusal("invalid_request", "state is missing") }
        guard let challenge = form["code_challenge"] else {
            throw refusal("invalid_request", "code_challenge is missing")
        }
        guard form["code_challenge_method"] == "S256", PKCE.isChallenge(challenge) else {
            throw refusal("invalid_request", "code_challenge_method is S256, with a challenge of 43 characters")
        }
        guard let asked = form["aud"] else { throw refusal("invalid_request", "aud is missing") }
        guard asked == audience || asked == audience + "/" else {
            throw refusal("invalid_request", "aud is not the address of this FHIR server")
        }
        if prompts.contains("none"), prompts.count > 1 { throw refusal("invalid_request", "prompt none stands alone") }
        guard form["max_age"].map({ Int($0) ?? -1 >= 0 }) ?? true else {
            throw refusal("invalid_request", "max_age is a number of seconds")
        }
        let own = client.scope.filter { SMARTScope($0)?.context != .system }
        let scope = ScopeNegotiation.intersection(ScopeNegotiation.words(form["scope"] ?? ""), own)
        guard scope.contains(where: { SMARTScope($0) != nil || $0 == "openid" }) else {
            throw refusal("invalid_scope", "none of the scopes is one that the client may have")
        }
        return (scope, CodeBinding(redirect: redirect, challenge: challenge, nonce: form["nonce"]))
    }
}
