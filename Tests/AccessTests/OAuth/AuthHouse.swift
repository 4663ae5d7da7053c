import Access
import AuthServer
import Carriers
import ClinicTesting
import FHIRDefinitions
import FHIRModel
import FHIRServer
import FHIRServerTesting
import FHIRStore
import FHIRStoreTesting
import JSONTape
import Logging
import PostgreSQL

/// A whole server that people and programs sign in to.
struct AuthHouse: Sendable {
    let server: TestServer
    let clients: Clients
    let accounts: Accounts
    let sessions: Sessions
    let grants: Grants
    let verifier: TokenVerifier
    let keys: SigningKeys
    let changes: AccessChanges

    var client: TestClient { server.client }
    var base: String { client.base }
    var issuer: String { "http://127.0.0.1:\(client.port)" }
    var tokenEndpoint: String { issuer + "/auth/token" }

    /// What the parts of one server share, made before it listens.
    private struct Parts: Sendable {
        let keys: SigningKeys
        let changes: AccessChanges
        let clients: Clients
        let grants: Grants
        let verifier: TokenVerifier
        let accounts: Accounts
        let sessions: Sessions
        let remote: RemoteKeys
        let rights: RightsBook

        init(_ test: TestStore) async throws {
            let secrets = await TestKeys.shared.secrets
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            keys = SigningKeys(database: test.database, secrets: secrets, logger: logger)
            try await TestKeys.shared.load(keys, test.database)
            changes = AccessChanges(database: test.database)
            clients = Clients(database: test.database, changes: changes)
            grants = Grants(database: test.database, changes: changes)
            accounts = Accounts(store: test.store, secrets: secrets)
            sessions = Sessions(database: test.database)
            verifier = TokenVerifier(
                database: test.database, keys: keys, accounts: accounts, changes: changes, audience: nil)
            remote = RemoteKeys(document: HTTPDocument(loop: TransferLoop()))
            rights = RightsBook(store: test.store, indexer: test.store.indexer)
        }

        func access(_ test: TestStore) -> TokenAccess {
            TokenAccess(verifier: verifier, tokens: AccessTokens(database: test.database), rights: rights)
        }

        func server(_ test: TestStore, takesRegistrations: Bool) -> AuthServer {
            let journal = test.store.audit.map { AuditJournal($0) }
            let oauth = OAuthService(
                store: test.store, search: SearchService(test.store), keys: keys, clients: clients, grants: grants,
                verifier: verifier, rights: rights, accounts: accounts, sessions: sessions, remote: remote,
                takesRegistrations: takesRegistrations, journal: journal)
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let door = AccountDoor(
                accounts: accounts, sessions: sessions, bearer: verifier, grants: grants, journal: journal,
                logger: logger)
            return AuthServer(routes: oauth.routes + door.routes, logger: logger)
        }
    }

    static func with(
        takesRegistrations: Bool = false, needsToken: Bool = false, isAudited: Bool = false,
        configure: (inout TestServer.Options) -> Void = { _ in }, _ body: (AuthHouse) async throws -> Void
    ) async throws {
        let parts = PartsBox()
        try await ClinicServer.with({ options in
            options.migrations += AccessMigrations.all
            options.isAudited = isAudited
            if needsToken { options.access = { test in try await parts.make(test).access(test) } }
            options.pages = { test in
                try await parts.make(test).server(test, takesRegistrations: takesRegistrations)
            }
            options.origins = { _ in await parts.take().clients }
            configure(&options)
        }) { server in
            let made = await parts.take()
            try await body(
                AuthHouse(
                    server: server, clients: made.clients, accounts: made.accounts, sessions: made.sessions,
                    grants: made.grants, verifier: made.verifier, keys: made.keys, changes: made.changes))
        }
    }

    private actor PartsBox {
        private var parts: Parts?

        func make(_ test: TestStore) async throws -> Parts {
            if let parts { return parts }
            let made = try await Parts(test)
            parts = made
            return made
        }

        func take() -> Parts {
            guard let parts else { preconditionFailure("pages come before all else") }
            return parts
        }
    }

    // MARK: - Who there is

    func add(_ client: OAuthClient) async throws {
        try client.check(server.store.definitions)
        _ = try await clients.add(client)
    }

    /// An account in force, with the id of its Person.
    func addPerson(_ email: String, roles: [String] = [], patient: String? = nil) async throws -> String {
        var new = NewAccount(try EmailAddress(email).required(), state: .active)
        new.roles = roles.map { NewAccount.Role($0) }
        new.patient = patient
        new.name = HumanName(words: "Anna Maria Berg")
        return try await accounts.create(new).person
    }

    /// The cookie of a browser in which a person has signed in.
    func signIn(_ person: String) async throws -> String {
        try await sessions.start(person: person, agent: "test", address: "127.0.0.1")
    }
}

extension Optional {
    func required() throws -> Wrapped {
        guard let self else { throw CancellationError() }
        return self
    }
}

/// Making keys takes a second, so the servers of all tests have the same ones.
private actor TestKeys {
    static let shared = TestKeys()
    let secrets = SecretBox.temporary()
    private var rows: Task<[[String]], any Error>?

    func load(_ keys: SigningKeys, _ database: Database) async throws {
        if let rows {
            for row in try await rows.value {
                var parameters = SQLParameters()
                for text in row { parameters.append(text: text) }
                let insert = SQLStatement(
                    """
                    INSERT INTO signing_key (id, algorithm, sealed, signs_from)
                    VALUES ($1::text, $2::text, $3::bytea, $4::timestamptz)
                    """)
                _ = try await database.write(WriteJob([(insert, parameters)]))
            }
            return try await keys.load()
        }
        let task = Task {
            try await keys.load()
            let select = SQLStatement("SELECT id, algorithm, sealed::text, signs_from::text FROM signing_key")
            let found = try await database.read(select)
            return (0..<found.rowCount).map { row in (0..<4).map { found.string(row, $0) ?? "" } }
        }
        rows = task
        _ = try await task.value
    }
}
