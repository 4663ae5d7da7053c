/// A program that may ask for tokens (RFC 6749 §2).
package struct OAuthClient: Sendable, Hashable {
    package enum Grant: String, Sendable, CaseIterable {
        case authorizationCode = "authorization_code"
        case refreshToken = "refresh_token"
        case clientCredentials = "client_credentials"
    }

    /// How it proves who it is; without any it is public.
    package enum Proof: Sendable, Hashable {
        case none
        /// Hash of its secret.
        case secret(String)
        /// Its JSON Web Key Set.
        case keys([UInt8])
        /// Where its JSON Web Key Set is.
        case keysURL(String)
    }

    package var id: String
    /// For people.
    package var name: String
    package var proof: Proof
    package var grants: Set<Grant>
    /// All that it can ever be granted.
    package var scope: [String]
    package var redirects: [String]
    /// From which its scripts may ask (CORS).
    package var origins: [String]
    /// Id of the Organization (tenant) that it acts in by itself; nil sees all.
    package var organization: String?
    /// Registered itself (RFC 7591).
    package var isDynamic = false
    package var isEnabled = true

    package init(
        id: String, name: String, proof: Proof, grants: Set<Grant>, scope: [String], redirects: [String] = [],
        origins: [String] = [], organization: String? = nil
    ) {
        self.id = id
        self.name = name
        self.proof = proof
        self.grants = grants
        self.scope = scope
        self.redirects = redirects
        self.origins = origins
        self.organization = organization
    }

    package var isPublic: Bool { proof == .none }

    /// `token_endpoint_auth_method` (RFC 7591 §2).
    package var authenticationMethod: String {
        switch proof {
        case .none: "none"
        case .secret: "client_secret_basic"
        case .keys, .keysURL: "private_key_jwt"
        }
    }
}

/// Why a client cannot be registered (RFC 7591 §3.2.2).
package struct ClientMetadataError: Error, Sendable, Hashable {
    package enum Code: String, Sendable {
        case invalidRedirectURI = "invalid_redirect_uri"
        case invalidMetadata = "invalid_client_metadata"
    }

    package var code: Code
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
