import Carriers
package import FHIRDefinitions

extension OAuthClient {
    private static let greatestTextCount = 2000
    private static let greatestListCount = 50

    /// Makes sure that a registration is one that can be used safely.
    ///
    /// - Throws: `ClientMetadataError`.
    package func check(_ definitions: FHIRDefinitions) throws {
        try require(1...200 ~= id.utf8.count && id.utf8.allSatisfy { 0x21...0x7E ~= $0 }, "an id is visible ASCII")
        try require(1...200 ~= name.utf8.count, "the name is missing or too long")
        try require(!grants.isEmpty, "a client needs a grant")
        for list in [scope, redirects, origins] {
            try require(list.count <= Self.greatestListCount * 4, "a list is too long")
            try require(list.allSatisfy { $0.utf8.count <= Self.greatestTextCount }, "a value is too long")
        }
        try require(!scope.isEmpty, "a client needs scopes")
        for text in scope {
            try require(Self.isScope(text, definitions), "a scope is none of SMART App Launch or OpenID Connect")
        }
        try checkGrants()
        try checkKeys()
        for redirect in redirects {
            guard Self.isRedirect(redirect) else {
                throw ClientMetadataError(
                    .invalidRedirectURI,
                    "a redirect URI is https, http on this machine, or a scheme of its own, without fragment")
            }
        }
        for origin in origins { try require(Self.isOrigin(origin), "an origin is https://HOST, or http on loopback") }
        if let organization {
            let isID = 1...64 ~= organization.utf8.count
            try require(isID, "the organization is the id of an Organization")
        }
    }

    private func checkGrants() throws {
        if grants.contains(.clientCredentials) {
            // RFC 6749 §4.4: confidential clients only.
            try require(!isPublic, "client_credentials is for clients with a secret or keys")
        }
        if grants.contains(.authorizationCode) {
            guard !redirects.isEmpty else {
                throw ClientMetadataError(.invalidRedirectURI, "authorization_code needs a redirect URI")
            }
        } else {
            try require(!grants.contains(.refreshToken), "refresh_token comes with authorization_code")
        }
    }

    private func checkKeys() throws {
        switch proof {
        case .keys(let json):
            guard let keys = ClientKeySet(json) else {
                throw ClientMetadataError(.invalidMetadata, "the keys are no JSON Web Key Set of public keys")
            }
            try require(!keys.isEmpty, "none of the keys has a kid and serves for RS384 or ES384")
        case .keysURL(let url):
            let message = "the address of the keys is https, or http on loopback"
            try require(RemoteKeys.isAllowed(url, onlyPublicHosts: isDynamic), message)
        case .none, .secret: break
        }
    }

    private func require(_ condition: Bool, _ message: String) throws {
        guard condition else { throw ClientMetadataError(.invalidMetadata, message) }
    }

    // MARK: - Texts

    /// Scopes that speak of no resources.
    package static let plainScopes: Set<String> = [
        "openid", "fhirUser", "profile", "email", "launch", "launch/patient", "launch/encounter", "offline_access",
        "online_access",
    ]

    package static func isScope(_ text: String, _ definitions: FHIRDefinitions) -> Bool {
        if plainScopes.contains(text) { return true }
        guard let scope = SMARTScope(text) else { return false }
        return scope.type.map { definitions.resourceType(named: $0) != nil } ?? true
    }

    /// Schemes that run or show what stands behind them.
    private static let refusedSchemes: Set<String> = [
        "javascript", "data", "file", "vbscript", "about", "blob", "ftp", "ws", "wss", "mailto",
    ]

    /// RFC 6749 §3.1.2, RFC 8252 §7: absolute, without fragment.
    static func isRedirect(_ text: String) -> Bool {
        guard text.utf8.allSatisfy({ 0x21...0x7E ~= $0 }), !text.contains("#"),
            let colon = text.firstIndex(of: ":")
        else { return false }
        let scheme = text[..<colon].lowercased()
        if scheme == "http" || scheme == "https" { return isWebAddress(text) }
        return !refusedSchemes.contains(scheme) && scheme.first?.isLetter == true
            && scheme.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) }
            && text.index(after: colon) < text.endIndex
    }

    static func isOrigin(_ text: String) -> Bool {
        guard isWebAddress(text), let parts = URLParts(text) else { return false }
        // As browsers write it: no path, not even a slash.
        return text.utf8.count(where: { $0 == UInt8(ascii: "/") }) == 2 && parts.query == nil
            && text == text.lowercased() && !text.contains("?") && !text.contains("#")
    }

    private static func isWebAddress(_ text: String) -> Bool {
        guard let parts = URLParts(text), let host = parts.host, !host.isEmpty, parts.user == nil,
            parts.password == nil
        else { return false }
        return parts.scheme == "https" || parts.scheme == "http" && NetworkHost.isLoopback(host)
    }
}

/// Hosts as they stand in URLs.
package enum NetworkHost {
    /// Whether a host can only be this machine.
    package static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host.hasSuffix(".localhost") || host == "[::1]" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
