package import FHIRDefinitions
package import FHIRFormats
package import FHIRSearch
package import PostgreSQL

/// The system of record: every resource of every type, all its versions, in PostgreSQL.
///
/// One write path serves every door; single interactions take one round trip in the shared lanes, everything else
/// runs in a transaction of its own (see `StoreTransaction`).
package final class FHIRStore: Sendable {
    package let database: Database
    package let definitions: FHIRDefinitions
    package let tables: TableCatalog
    package let renderer: ResourceRenderer
    /// Signs the cursors of page links.
    package let links: LinkSigner
    let preparer: ResourcePreparer
    let commands: WriteCommandBuilder
    let pendingIndexEntries: PendingIndexEntries
    let gatherer: JobGatherer
    /// Prepared statements of `$everything`.
    let everythingStatements: SearchStatements
    let referrers: ReferrerStatements
    /// What callers with limits need, shared by all stores over the same tables.
    let accessKinds: AccessKinds
    /// Statements of searches for callers of this kind; nil where there are no limits.
    let limitedSearches: SearchStatements?
    package let integrity: ReferentialIntegrity
    let definitionWrites: DefinitionWrites
    let definitionStatements: SearchStatements
    /// What codes mean, by what is stored here.
    package let terminology: TerminologyService
    let codeAnswers: CodeAnswers
    /// The profiles that are stored here, with their snapshots.
    package let profiles: ProfileLibrary
    /// Where everything is read, for a store bound to a transaction; nil for the shared lanes.
    let session: Session?
    /// Id of the Organization to which what is created belongs; nil where it belongs to none.
    let tenant: String?
    private let random: SharedRandom
    /// The time of writes; an argument so that tests can fix it.
    package let clock: @Sendable () -> Instant
    /// What the resources are put to that the server itself makes: by workflows, out of messages. Those that clients
    /// send are checked where they come in, with more to say to the client.
    let storageCheck: StorageCheck
    /// What upper layers keep with the store.
    package let companions: StoreCompanions
    /// The record of who did what; nil where none is kept.
    package let audit: AuditTrail?

    /// - Parameters:
    ///   - types: resource types whose tables exist; all by default.
    ///   - check: for resources that the server itself makes.
    ///   - isAudited: whether a record is kept of who did what, every write among it.
    package convenience init(
        database: Database, definitions: FHIRDefinitions, indexer: SearchIndexer, types: [TypeID]? = nil,
        integrity: ReferentialIntegrity = .none, clock: @escaping @Sendable () -> Instant = { .now },
        check: StorageCheck = .none, isAudited: Bool = false
    ) {
        let types = types ?? definitions.resourceTypes
        var audit: AuditTrail?
        if isAudited {
            let event = definitions.resourceType(named: "AuditEvent")
            let tables = TableCatalog(definitions: definitions, indexer: indexer, types: types) {
                $0 == event ? .tenant : .none
            }
            audit = AuditTrail(
                FHIRStore(database, definitions, indexer, tables, integrity: .none, clock, check: .none, audit: nil))
        }
        let tables = TableCatalog(definitions: definitions, indexer: indexer, types: types) { _ in
            isAudited ? .context : .none
        }
        self.init(database, definitions, indexer, tables, integrity: integrity, clock, check: check, audit: audit)
    }

    private init(
        _ database: Database, _ definitions: FHIRDefinitions, _ indexer: SearchIndexer, _ tables: TableCatalog,
        integrity: ReferentialIntegrity, _ clock: @escaping @Sendable () -> Instant, check: StorageCheck,
        audit: AuditTrail?
    ) {
        self.database = database
        self.definitions = definitions
        self.tables = tables
        self.audit = audit
        renderer = ResourceRenderer(definitions: definitions)
        links = LinkSigner(database: database)
        preparer = ResourcePreparer(definitions: definitions, indexer: indexer, tenant: nil)
        pendingIndexEntries = PendingIndexEntries()
        gatherer = JobGatherer()
        everythingStatements = SearchStatements()
        let definitionTypes = ["StructureDefinition", "ValueSet", "CodeSystem"]
        definitionWrites = DefinitionWrites(types: definitionTypes.compactMap { definitions.resourceType(named: $0) })
        definitionStatements = SearchStatements()
        terminology = TerminologyService(database: database, tables: tables, indexer: indexer)
        codeAnswers = CodeAnswers(service: terminology, writes: definitionWrites)
        profiles = ProfileLibrary(database: database, tables: tables, indexer: indexer, writes: definitionWrites)
        session = nil
        random = SharedRandom()
        commands = WriteCommandBuilder(
            tables: tables, pendingIndexEntries: pendingIndexEntries, indexer: indexer)
        referrers = ReferrerStatements(tables: tables, indexer: indexer)
        accessKinds = AccessKinds(tables: tables, indexer: indexer)
        limitedSearches = nil
        tenant = nil
        self.integrity = integrity
        self.clock = clock
        storageCheck = check
        companions = StoreCompanions()
    }

    /// The same store as it looks from within an open transaction: reads see what the transaction has written. Writes
    /// go their usual way and do not belong to it.
    package convenience init(_ store: FHIRStore, readingIn session: Session) {
        self.init(store, session, nil)
    }

    /// The same store as it is for a caller with limits: what the caller may not reach is not there, in whatever way
    /// it is asked for, and cannot be written. Nothing that is made of this store gets beyond it.
    package func limited(to limit: AccessLimit) -> FHIRStore {
        let kind = accessKinds.kind(of: limit)
        let database = Database(database, standing: limit.standingValues(kind.values))
        return FHIRStore(self, session, Limited(database: database, kind: kind, tenant: limit.tenant))
    }

    private struct Limited {
        var database: Database
        var kind: AccessKinds.Kind
        var tenant: String?
    }

    private init(_ store: FHIRStore, _ session: Session?, _ limited: Limited?) {
        database = limited?.database ?? store.database
        definitions = store.definitions
        tables = limited?.kind.tables ?? store.tables
        renderer = store.renderer
        links = store.links
        accessKinds = store.accessKinds
        limitedSearches = limited?.kind.searches ?? store.limitedSearches
        tenant = limited?.tenant ?? store.tenant
        preparer = ResourcePreparer(
            definitions: store.definitions, indexer: store.preparer.indexer, tenant: tenant)
        commands = WriteCommandBuilder(
            tables: tables, pendingIndexEntries: store.pendingIndexEntries, indexer: store.preparer.indexer)
        pendingIndexEntries = store.pendingIndexEntries
        gatherer = store.gatherer
        everythingStatements = store.everythingStatements
        definitionWrites = store.definitionWrites
        definitionStatements = store.definitionStatements
        terminology = store.terminology
        codeAnswers = store.codeAnswers
        profiles = store.profiles
        referrers = store.referrers
        integrity = store.integrity
        self.session = session
        random = store.random
        clock = store.clock
        storageCheck = store.storageCheck
        companions = store.companions
        audit = store.audit
    }

    /// Whether rows are kept from the caller.
    package var isLimited: Bool { tables.isLimited }

    /// A resource as it is stored for the caller: with the tag of the caller's tenant, where there is one.
    package func tagged(_ input: ResourceInput) -> ResourceInput {
        tenant.map { TenantTag.set($0, on: input) } ?? input
    }

    /// Whether this store reads within a transaction.
    package var isWithinTransaction: Bool { session != nil }

    /// Runs a short query where this store reads.
    func query(_ statement: SQLStatement, _ parameters: SQLParameters) async throws -> QueryResult {
        try await database.read(statement, parameters, in: session)
    }

    /// Runs `body` with a connection where this store reads.
    func withSession<Result>(_ body: (Session) async throws -> Result) async throws -> Result {
        if let session { return try await body(session) }
        return try await database.withSession { try await body($0) }
    }

    /// Now, as it is stored and shown: to the millisecond.
    func now() -> Instant { clock().truncatedToMilliseconds }

    /// A new logical id.
    package func makeID() -> String {
        ResourceID.make(at: clock(), random: random)
    }

    /// Translates what the database threw.
    func translating<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch let error as PostgreSQLError {
            throw StoreError(error)
        }
    }
}
