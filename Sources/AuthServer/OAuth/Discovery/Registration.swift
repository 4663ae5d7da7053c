import Access
import FHIRServer
import FHIRStore
import JSONTape

/// `POST /auth/register` (RFC 7591), where it is switched on.
///
/// Whoever registers here acts for people who consent, never by itself: no client_credentials, no `system/` scopes.
extension OAuthService {
    @Sendable func register(_ request: PageRequest) async throws -> PageAnswer {
        guard let document = try? Document.parse(request.body), case let metadata = JSONNode(document),
            metadata.isObject
        else { throw AuthError(400, "invalid_client_metadata", "the body is a JSON object") }
        var client = OAuthClient(
            id: RandomToken.uuid(), name: metadata["client_name"]?.string ?? "An application without a name",
            proof: .none, grants: [], scope: ScopeNegotiation.words(metadata["scope"]?.string ?? Self.usualScope),
            redirects: try Self.texts(metadata, "redirect_uris") ?? [])
        client.isDynamic = true
        for name in try Self.texts(metadata, "grant_types") ?? ["authorization_code"] {
            guard let grant = OAuthClient.Grant(rawValue: name), grant != .clientCredentials else {
                throw AuthError(400, "invalid_client_metadata", "grant_types: authorization_code and refresh_token")
            }
            client.grants.insert(grant)
        }
        guard try Self.texts(metadata, "response_types") ?? ["code"] == ["code"] else {
            throw AuthError(400, "invalid_client_metadata", "response_types: code")
        }
        guard !client.scope.contains(where: { SMARTScope($0)?.context == .system }) else {
            throw AuthError(400, "invalid_client_metadata", "scope: system scopes are given by the administrator")
        }
        let secret = try Self.prove(&client, metadata)
        do {
            try client.check(store.definitions)
        } catch let error as ClientMetadataError {
            throw AuthError(400, error.code.rawValue, error.message)
        }
        guard try await clients.add(client) else { throw AuthError(503, "temporarily_unavailable", "try again") }
        let registered = client
        return Self.answer(201) { Self.write(registered, secret, to: &$0) }
    }

    private static let usualScope = "openid fhirUser launch/patient patient/*.rs offline_access"

    /// Sets what the client proves itself with; returns its secret, if it is to have one.
    private static func prove(_ client: inout OAuthClient, _ metadata: JSONNode) throws -> String? {
        let method = metadata["token_endpoint_auth_method"]?.string ?? "client_secret_basic"
        switch method {
        case "none": return nil
        case "client_secret_basic", "client_secret_post":
            let secret = RandomToken.make()
            client.proof = .secret(ClientSecret.hash(secret))
            return secret
        case "private_key_jwt":
            switch (metadata["jwks"], metadata["jwks_uri"]?.string) {
            case (let keys?, nil): client.proof = .keys(keys.source)
            case (nil, let url?): client.proof = .keysURL(url)
            default: throw AuthError(400, "invalid_client_metadata", "one of jwks and jwks_uri is needed")
            }
            return nil
        default:
            throw AuthError(400, "invalid_client_metadata", "token_endpoint_auth_method is not supported")
        }
    }

    private static func texts(_ metadata: JSONNode, _ name: StaticString) throws -> [String]? {
        guard let node = metadata[name] else { return nil }
        guard node.isArray, case let texts = node.items.compactMap(\.string), texts.count == node.count else {
            throw AuthError(400, "invalid_client_metadata", "\(name) is an array of texts")
        }
        return texts
    }

    /// RFC 7591 §3.2.1.
    private static func write(_ client: OAuthClient, _ secret: String?, to writer: inout JSONWriter) {
        client.write(to: &writer)
        writer.key("client_id_issued_at")
        writer.number(SystemClock.seconds)
        if let secret {
            writer.member("client_secret", secret)
            writer.key("client_secret_expires_at")
            writer.number(0)
        }
    }
}
