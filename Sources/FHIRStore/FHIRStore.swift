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
    private let random: SharedRandom
    /// The time of writes; an argument so that tests can fix it.
    package let clock: @Sendable () -> Instant
    /// What the resources are put to that the server itself makes: by workflows, out of messages. Those that clients
    /// send are checked where they come in, with more to say to the client.
    let storageCheck: StorageCheck

    /// - Parameters:
    ///   - types: resource types whose tables exist; all by default.
    ///   - check: for resources that the server itself makes.
    package init(
        database: Database, definitions: FHIRDefinitions, indexer: SearchIndexer, types: [TypeID]? = nil,
        integrity: ReferentialIntegrity = .none, clock: @escaping @Sendable () -> Instant = { .now },
        check: StorageCheck = .none
    ) {
        self.database = database
        self.definitions = definitions
        tables = TableCatalog(definitions: definitions, types: types ?? definitions.resourceTypes)
        renderer = ResourceRenderer(definitions: definitions)
        links = LinkSigner(database: database)
        preparer = ResourcePreparer(definitions: definitions, indexer: indexer)
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
        self.integrity = integrity
        self.clock = clock
        storageCheck = check
    }

    /// The same store as it looks from within an open transaction: reads see what the transaction has written. Writes
    /// go their usual way and do not belong to it.
    package init(_ store: FHIRStore, readingIn session: Session) {
        database = store.database
        definitions = store.definitions
        tables = store.tables
        renderer = store.renderer
        links = store.links
        preparer = store.preparer
        commands = store.commands
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
