import Access
import AuthServer
import Carriers
import ClinicTesting
import FHIRServer
import FHIRServerTesting
import FHIRStore
import FHIRStoreTesting
import JSONTape
import Logging
import PostgreSQL
import Synchronization
import Testing

/// A whole server with accounts. Mails are kept in memory; errands are done when a test looks for mail.
struct AccountSite: Sendable {
    let server: TestServer
    let accounts: Accounts
    let sessions: Sessions
    let mail: MailBox

    var client: TestClient { server.client }

    static func with<Result: Sendable>(
        limits: AddressLimiter.Limits = AddressLimiter.Limits(),
        _ body: (AccountSite) async throws -> Result
    ) async throws -> Result {
        let made = Mutex<Accounts?>(nil)
        let accounts: @Sendable (TestStore) -> Accounts = { test in
            made.withLock { made in
                if let made { return made }
                // Cheap hashes: what they cost is not what is tested.
                let hasher = PasswordHasher(cost: .init(memoryKibibytes: 64, passes: 1))
                let accounts = Accounts(store: test.store, secrets: .temporary(), hasher: hasher)
                made = accounts
                return accounts
            }
        }
        return try await ClinicServer.with { options in
            options.access = { test in
                PersonAccess(
                    accounts: accounts(test), rights: RightsBook(store: test.store, indexer: test.store.indexer))
            }
            options.pages = { test in
                let door = AccountDoor(
                    accounts: accounts(test), sessions: Sessions(database: test.database),
                    bearer: PersonTokens(accounts: accounts(test)), limiter: AddressLimiter(limits),
                    logger: Logger(label: "test"))
                return AuthServer(routes: door.routes, logger: Logger(label: "test"))
            }
        } _: { server in
            try await body(
                AccountSite(
                    server: server, accounts: accounts(server.test),
                    sessions: Sessions(database: server.test.database), mail: MailBox()))
        }
    }

    // MARK: - Requests

    func post(
        _ path: String, _ members: [String: String], headers: [(String, String)] = []
    ) async throws -> TestResponse {
        var writer = JSONWriter()
        writer.beginObject()
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            writer.key(named: name)
            writer.string(value)
        }
        writer.endObject()
        return try await client.send(
            "POST", path, body: writer.bytes, headers: [("Content-Type", "application/json")] + headers)
    }

    func signIn(_ email: String, _ password: String, code: String? = nil) async throws -> TestResponse {
        var members = ["email": email, "password": password]
        members["code"] = code
        return try await post("/auth/sign-in", members)
    }

    /// Calls an operation as somebody.
    func call(
        _ path: String, _ parameters: [String], by person: String?, key: String? = nil
    ) async throws -> TestResponse {
        try await client.call(
            path, parameters, key: key, headers: person.map { [("Authorization", "Bearer person:\($0)")] } ?? [])
    }

    func sql(_ text: String) async throws { try await server.test.database.script(text) }

    // MARK: - People

    static let password = "Blauer Himmel 77"

    /// An account in force.
    @discardableResult
    func makeAccount(
        _ email: String, roles: [String] = [], isPatient: Bool = false, organization: String? = nil
    ) async throws -> CreatedAccount {
        var new = NewAccount(try #require(EmailAddress(email)), state: .active)
        new.name = .init(words: "Ada Berg")
        new.password = try await accounts.hasher.hash(Self.password)
        new.roles = roles.map { NewAccount.Role($0) }
        new.isPatient = isPatient
        new.organization = organization
        return try await accounts.create(new)
    }

    // MARK: - Mail

    /// The mails to an address so far, after all errands were done.
    func mails(to address: String) async throws -> [Notice] {
        let errands = ErrandService(
            accounts, carrier: mail, site: SiteAddress("https://clinic.example/fhir"), logger: Logger(label: "test"))
        await errands.doAll()
        return mail.notices.filter { $0.recipient == address }
    }

    /// The code in the link of the latest mail to an address.
    func token(to address: String) async throws -> String {
        let text = try #require(try await mails(to: address).last?.text)
        let line = try #require(text.split(separator: "\n").first { $0.contains("?token=") })
        #expect(line.hasPrefix("https://clinic.example/auth/"))
        return String(line.split(separator: "=")[1])
    }
}

final class MailBox: MessageCarrier {
    let name = "box"
    let knowsRepeats = false
    private let kept = Mutex<[Notice]>([])
    var notices: [Notice] { kept.withLock { $0 } }

    func send(_ notice: Notice) async throws -> CarrierReceipt {
        kept.withLock { $0.append(notice) }
        return CarrierReceipt(status: 250)
    }
}

/// Bearer tokens that name a person: `person:ID`.
struct PersonTokens: PrincipalVerifying {
    let accounts: Accounts

    func principal(token: String) async throws -> Principal? {
        guard token.hasPrefix("person:") else { return nil }
        return try await accounts.principal(person: String(token.dropFirst(7)))
    }
}

/// Lets everybody in; a bearer token says who asks.
struct PersonAccess: AccessControl {
    let demandsToken = false
    let accounts: Accounts
    let rights: RightsBook

    func decide(_ request: AccessRequest) async throws -> AccessDecision {
        guard let authorization = request.authorization else { return .allow(.anonymous) }
        let token = String(authorization.dropFirst("Bearer ".count))
        guard let principal = try await PersonTokens(accounts: accounts).principal(token: token) else {
            return .deny(RequestError(.unauthorized, "the access token is not valid"))
        }
        return .allow(Caller(name: "Person/" + token.dropFirst(7), rights: try await rights.rights(of: principal)))
    }
}

/// A browser without scripts: keeps cookies, fills in forms.
final class TestBrowser: Sendable {
    private let client: TestClient
    private let jar = Mutex<[String: String]>([:])

    init(_ client: TestClient) { self.client = client }

    var cookies: [String: String] {
        get { jar.withLock { $0 } }
        set { jar.withLock { $0 = newValue } }
    }

    private var headers: [(String, String)] {
        let cookies = cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
        return [("Accept", "text/html,application/xhtml+xml"), ("User-Agent", "Test/1.0")]
            + (cookies.isEmpty ? [] : [("Cookie", cookies)])
    }

    func get(_ path: String) async throws -> TestResponse {
        take(try await client.send("GET", path, headers: headers))
    }

    /// Opens the page, fills its form in and sends it.
    func submit(_ page: String, to action: String? = nil, _ fields: [String: String]) async throws -> TestResponse {
        let token = Self.csrf(in: try await get(page).text)
        return try await send(
            action ?? String(page.prefix { $0 != "?" }), fields.merging(["csrf": token]) { old, _ in old })
    }

    func send(
        _ action: String, _ fields: [String: String], headers extra: [(String, String)] = []
    ) async throws -> TestResponse {
        let form = fields.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.queryEncoded)" }.joined(separator: "&")
        let type = ("Content-Type", "application/x-www-form-urlencoded")
        return take(try await client.send("POST", action, body: Array(form.utf8), headers: [type] + headers + extra))
    }

    static func csrf(in html: String) -> String {
        guard let range = html.firstRange(of: #"name="csrf" value=""#) else { return "" }
        return String(html[range.upperBound...].prefix { $0 != "\"" })
    }

    private func take(_ response: TestResponse) -> TestResponse {
        jar.withLock { jar in
            for (name, value) in response.headers where name.lowercased() == "set-cookie" {
                let pair = value.split(separator: ";")[0].split(separator: "=", omittingEmptySubsequences: false)
                jar[String(pair[0])] = pair[1].isEmpty ? nil : String(pair[1])
            }
        }
        return response
    }
}

extension TestResponse {
    /// `error` of a JSON answer, or its `status`.
    var word: String? {
        guard let json = try? json else { return nil }
        return json["error"]?.string ?? json["status"]?.string
    }

    var session: String? {
        headers.first { $0.0.lowercased() == "set-cookie" && $0.1.hasPrefix("martlet_session=") }.map {
            String($0.1.dropFirst("martlet_session=".utf8.count).prefix { $0 != ";" })
        }
    }
}
