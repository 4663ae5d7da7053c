package import JSONTape

extension OAuthClient {
    /// The client as its registration shows it (RFC 7591 §3.2.1); no secret, and no hash of one.
    package func write(to writer: inout JSONWriter) {
        writer.member("client_id", id)
        writer.member("client_name", name)
        writer.member("scope", scope.joined(separator: " "))
        writer.member("token_endpoint_auth_method", authenticationMethod)
        let isOfPeople = grants.contains(.authorizationCode)
        let lists: [(StaticString, [String])] = [
            ("grant_types", grants.map(\.rawValue).sorted()), ("redirect_uris", redirects),
            ("response_types", isOfPeople ? ["code"] : []), ("origins", origins),
        ]
        for (name, values) in lists where !values.isEmpty {
            writer.key(name)
            writer.beginArray()
            for value in values { writer.string(value) }
            writer.endArray()
        }
        switch proof {
        case .keys(let json):
            writer.key("jwks")
            writer.raw(json)
        case .keysURL(let url): writer.member("jwks_uri", url)
        case .none, .secret: break
        }
        if let organization { writer.member("organization", organization) }
    }
}
