import Access
import Crypto
import FHIRSearch
import FHIRServerTesting
import FHIRStore
import JSONTape
import Testing

/// An app and the browser of the person who uses it.
struct SampleApp: Sendable {
    static let redirect = "https://app.example/callback"
    static let scope = "openid fhirUser profile launch/patient patient/*.rs offline_access"

    let house: AuthHouse
    var client: String
    var secret: String?
    var cookie: String
    var scope = Self.scope
    /// Parameters that differ from the usual ones; nil leaves one out.
    var changes: [String: String?] = [:]
    let verifier = RandomToken.make()

    var challenge: String { Base64URL.encode(Array(SHA256.hash(data: Array(verifier.utf8)))) }

    /// Registers an app with all grants of people and returns it in a browser where a person has signed in.
    static func make(
        _ house: AuthHouse, id: String = "app", secret: String? = nil, person: String,
        ceiling: String = Self.scope + " launch online_access user/*.cruds email"
    ) async throws -> SampleApp {
        try await house.add(
            OAuthClient(
                id: id, name: "Growth <chart>", proof: secret.map { .secret(ClientSecret.hash($0)) } ?? .none,
                grants: [.authorizationCode, .refreshToken], scope: ScopeNegotiation.words(ceiling),
                redirects: [redirect], origins: ["https://app.example"]))
        return SampleApp(house: house, client: id, secret: secret, cookie: try await house.signIn(person))
    }

    // MARK: - The browser

    /// The query of `/auth/authorize`.
    var query: String {
        let usual: [(String, String)] = [
            ("response_type", "code"), ("client_id", client), ("redirect_uri", Self.redirect), ("scope", scope),
            ("state", "a b&c"), ("aud", house.base), ("code_challenge", challenge), ("code_challenge_method", "S256"),
            ("nonce", "n-1"),
        ]
        var items = usual.filter { changes[$0.0] == nil }
        for (name, value) in changes.sorted(by: { $0.key < $1.key }) { if let value { items.append((name, value)) } }
        return Self.form(items)
    }

    var browser: [(String, String)] { [("Cookie", "martlet_session=\(cookie)")] }

    func open() async throws -> TestResponse {
        try await house.client.get("/auth/authorize?\(query)", headers: browser)
    }

    func submit(_ path: String, _ items: [(String, String)]) async throws -> TestResponse {
        try await house.client.form(path, Self.form(items), headers: browser)
    }

    /// Ticks everything and allows it; where the app comes back to.
    func allow(_ page: TestResponse, but refused: Set<String> = []) async throws -> TestResponse {
        let scopes = Self.values(of: "scope", in: page.text).filter { !refused.contains($0) }
        let items = [("ticket", try Self.ticket(page)), ("decision", "allow")] + scopes.map { ("scope", $0) }
        return try await submit("/auth/authorize/consent", items)
    }

    static func ticket(_ page: TestResponse) throws -> String {
        try #require(values(of: "ticket", in: page.text).first)
    }

    static func values(of name: String, in html: String) -> [String] {
        html.components(separator: "name=\"\(name)\" value=\"").dropFirst().map { rest in
            String(rest.prefix { $0 != "\"" }).replacing("&amp;", with: "&")
        }
    }

    /// Parameters of the address that a redirect leads to.
    static func answer(_ response: TestResponse) throws -> [String: String] {
        let location = try #require(response[header: "Location"])
        #expect(location.hasPrefix(redirect + "?"))
        let pairs = QueryText.pairs(location.dropFirst(redirect.count + 1)).map { ($0.name, $0.value) }
        return Dictionary(pairs) { first, _ in first }
    }

    /// The whole way to a code.
    func code() async throws -> String {
        let page = try await open()
        // What was allowed before is not asked again.
        if page.status == 302 { return try #require(try Self.answer(page)["code"]) }
        #expect(page.status == 200, "\(page.text)")
        let answer = try Self.answer(try await allow(page))
        return try #require(answer["code"])
    }

    // MARK: - The app

    func redeem(_ code: String, _ changes: [String: String?] = [:]) async throws -> TestResponse {
        try await token(
            [
                "grant_type": "authorization_code", "code": code, "redirect_uri": Self.redirect,
                "code_verifier": verifier,
            ],
            changes)
    }

    func refresh(_ token: String, _ changes: [String: String?] = [:]) async throws -> TestResponse {
        try await self.token(["grant_type": "refresh_token", "refresh_token": token], changes)
    }

    func token(_ items: [String: String], _ changes: [String: String?] = [:]) async throws -> TestResponse {
        var items: [String: String?] = items
        items["client_id"] = client
        if let secret { items["client_secret"] = secret }
        for (name, value) in changes { items[name] = value }
        let given = items.compactMap { name, value in value.map { (name, $0) } }
        return try await house.client.form("/auth/token", Self.form(given))
    }

    /// All tokens of a new authorization.
    func tokens() async throws -> JSONNode {
        let response = try await redeem(try await code())
        #expect(response.status == 200, "\(response.text)")
        return try response.json
    }

    /// Whether an access token is good for anything.
    func isValid(_ token: String) async throws -> Bool {
        try await house.client.get("/auth/userinfo", headers: [("Authorization", "Bearer \(token)")]).status == 200
    }

    static func form(_ items: [(String, String)]) -> String {
        items.map { "\($0.0.queryEncodedFully)=\($0.1.queryEncodedFully)" }.joined(separator: "&")
    }
}

extension String {
    /// Everything but letters and digits escaped.
    var queryEncodedFully: String {
        utf8.map { byte in
            let scalar = Unicode.Scalar(byte)
            if scalar.properties.isAlphabetic && byte < 128 || (48...57).contains(byte) { return String(scalar) }
            let digits = String(byte, radix: 16, uppercase: true)
            return digits.count == 1 ? "%0\(digits)" : "%\(digits)"
        }.joined()
    }

    func components(separator: String) -> [Substring] { split(separator: separator, omittingEmptySubsequences: false) }
}

extension TestResponse {
    /// `error` of an answer of RFC 6749 §5.2, which no cache may keep.
    func oauthError(_ place: SourceLocation = #_sourceLocation) throws -> String {
        #expect(self[header: "Cache-Control"] == "no-store", sourceLocation: place)
        return try json["error"]?.string ?? ""
    }
}
