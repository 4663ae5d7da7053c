import Access
import ClinicWorkflows
import FHIRDefinitions
import FHIRPath
import FHIRSearch
import FHIRServer
import FHIRStore
import FHIRValidation
import HL7Ingest
import Logging
import NIOCore
import PostgreSQL

/// An open database with the store on it; the embedded cluster is started, joined or adopted as needed.
struct OpenStore: Sendable {
    let cluster: EmbeddedCluster?
    let database: Database
    let store: FHIRStore
    let search: SearchService
    let checking: ValidationChecking
    private let logger: Logger

    /// Every part's migrations.
    static func migrations(_ definitions: FHIRDefinitions) -> [Migration] {
        CoreMigrations.all(definitions: definitions) + ClinicWorkflows.migrations + AccessTokens.migrations
            + AccessMigrations.all
            + MessageMigrations.all + OutboundMigrations.all
    }

    /// - Parameters:
    ///   - baseURLs: addresses under which references point at this server's own resources.
    ///   - softensInvariants: whether broken invariants are warnings.
    ///   - isAudited: whether a record is kept of who did what.
    ///   - profiles: canonicals of profiles that all resources of a type have to meet.
    init(
        _ settings: DatabaseSettings, baseURLs: [String] = [], integrity: ReferentialIntegrity = .none,
        softensInvariants: Bool = false, profiles: [TypeID: [String]] = [:], isAudited: Bool = false, logger: Logger
    ) async throws {
        var cluster: EmbeddedCluster?
        if settings.url == nil {
            let started = try EmbeddedCluster(
                configuration: EmbeddedCluster.Configuration(dataDirectory: settings.dataDirectory), logger: logger)
            try await started.start()
            cluster = started
        }
        self.cluster = cluster
        self.logger = logger
        let address = settings.url ?? cluster?.connectionString ?? ""
        var configuration = DatabaseConfiguration(connectionString: address)
        // On few cores one lane is better than two: its batches grow, and with them the work per wake-up.
        configuration.readLanes = max(1, System.coreCount / 2)
        configuration.querySessions = max(4, 2 * System.coreCount)
        database = Database(configuration: configuration, logger: logger)
        do {
            try await database.start()
        } catch {
            await cluster?.shutdown()
            throw error
        }
        let definitions = FHIRDefinitions.r4
        let indexer = SearchIndexer(definitions: definitions, baseURLs: baseURLs, zone: settings.zone)
        checking = ValidationChecking(
            validator: ResourceValidator(definitions: definitions, engine: FHIRPathEngine(definitions: definitions)),
            softensInvariants: softensInvariants, profiles: profiles)
        store = FHIRStore(
            database: database, definitions: definitions, indexer: indexer, integrity: integrity,
            check: checking.storageCheck, isAudited: isAudited)
        search = SearchService(store)
    }

    /// Applies the migrations that are missing, and has the database keep tenants apart by itself where it can.
    @discardableResult
    func migrate() async throws -> Migrator.Report {
        let report = try await Migrator(database: database, migrations: Self.migrations(store.definitions)).migrate()
        if try await !TenantRowSecurity.engage(store) {
            logger.notice("row security is off: tenants are kept apart by the server's own conditions alone")
        }
        return report
    }

    func close() async {
        await database.shutdown()
        await cluster?.shutdown()
    }

    /// Opens, runs `body`, closes whatever happens.
    static func with<Result>(
        _ settings: DatabaseSettings, baseURLs: [String] = [], integrity: ReferentialIntegrity = .none,
        softensInvariants: Bool = false, profiles: [TypeID: [String]] = [:], isAudited: Bool = false, logger: Logger,
        _ body: (OpenStore) async throws -> Result
    ) async throws -> Result {
        let open = try await OpenStore(
            settings, baseURLs: baseURLs, integrity: integrity, softensInvariants: softensInvariants,
            profiles: profiles, isAudited: isAudited, logger: logger)
        do {
            let result = try await body(open)
            await open.close()
            return result
        } catch {
            await open.close()
            throw error
        }
    }
}
