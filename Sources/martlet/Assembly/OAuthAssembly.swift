import Access
import AuthServer
import Carriers
import FHIRServer
import FHIRStore
import Logging

/// Clients, keys and tokens as the running server has them.
struct OAuthAssembly: Sendable {
    let clients: Clients
    let verifier: TokenVerifier
    let rights: RightsBook
    let service: OAuthService
    private let keys: SigningKeys
    private let changes: AccessChanges
    let grants: Grants
    private let logger: Logger

    /// Loads the signing keys, or makes them at the first start.
    init(
        _ open: OpenStore, _ settings: ServeSettings, _ accounts: AccountAssembly, logger: Logger
    ) async throws {
        self.logger = logger
        keys = SigningKeys(database: open.database, secrets: accounts.accounts.secrets, logger: logger)
        try await keys.load()
        changes = AccessChanges(database: open.database)
        clients = Clients(database: open.database, changes: changes)
        grants = Grants(database: open.database, changes: changes)
        var audience = settings.baseURL
        while audience?.hasSuffix("/") == true { audience?.removeLast() }
        verifier = TokenVerifier(
            database: open.database, keys: keys, accounts: accounts.accounts, changes: changes, audience: audience)
        rights = RightsBook(store: open.store, indexer: open.store.indexer)
        service = OAuthService(
            store: open.store, search: open.search, keys: keys, clients: clients, grants: grants, verifier: verifier,
            rights: rights, accounts: accounts.accounts, sessions: accounts.sessions,
            remote: RemoteKeys(document: HTTPDocument(loop: TransferLoop())),
            takesRegistrations: settings.takesRegistrations, journal: accounts.journal)
    }

    /// Replaces keys in time and forgets what has expired, until it is cancelled.
    func upkeep() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await keys.keepRotated() }
            group.addTask {
                while !Task.isCancelled {
                    do {
                        try await grants.prune()
                        try await changes.prune()
                    } catch {
                        logger.warning("expired tokens could not be deleted")
                    }
                    try? await Task.sleep(for: .seconds(300))
                }
            }
        }
    }
}
