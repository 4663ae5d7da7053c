import Access
import AuthServer
import Carriers
import FHIRServer
import FHIRStore
import Logging

/// Accounts as the running server has them.
struct AccountAssembly: Sendable {
    let accounts: Accounts
    let sessions: Sessions
    let site: SiteAddress
    let errands: ErrandService
    /// Keeps the record of sign-ins; nil where none is kept.
    let journal: AuditJournal?
    private let logger: Logger

    /// Loads the master key, or makes it at the first start.
    ///
    /// - Parameter carrier: who takes mails; nil where none was configured.
    init(
        _ open: OpenStore, _ settings: ServeSettings, dataDirectory: String, carrier: (any MessageCarrier)?,
        logger: Logger
    ) async throws {
        let secrets = try SecretKeyFile.load(
            text: settings.secretKey?.value, path: nil, dataDirectory: dataDirectory)
        try await secrets.requireKey(of: open.database)
        accounts = Accounts(store: open.store, secrets: secrets, search: open.search)
        sessions = Sessions(database: open.database)
        let host = settings.host.contains(":") ? "[\(settings.host)]" : settings.host
        let scheme = settings.transport.tls == nil ? "http" : "https"
        site = SiteAddress(settings.baseURL ?? "\(scheme)://\(host):\(settings.port)")
        errands = ErrandService(accounts, carrier: carrier, site: site, logger: logger)
        journal = open.store.audit.map { AuditJournal($0) }
        self.logger = logger
    }

    /// The addresses of accounts.
    ///
    /// - Parameters:
    ///   - bearer: reads bearer tokens.
    ///   - grants: what people have allowed apps.
    func routes(bearer: any PrincipalVerifying, grants: Grants) -> [AuthRoute] {
        AccountDoor(
            accounts: accounts, sessions: sessions, bearer: bearer, grants: grants, journal: journal, logger: logger
        ).routes
    }

    /// Says how to become the first administrator, once, while there is none.
    func offerFirstAdministrator() async {
        do {
            guard let token = try await accounts.offerFirstAdministrator() else { return }
            Console.say("first administrator: choose e-mail and password within 24 hours at")
            Console.say("\(site.text)/auth/first-administrator?token=\(token)")
        } catch {
            logger.error("the first administrator cannot be offered", metadata: ["reason": "\(type(of: error))"])
        }
    }
}
