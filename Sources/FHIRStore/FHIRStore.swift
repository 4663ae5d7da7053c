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
    let preparer: ResourcePreparer
    let commands: WriteCommandBuilder
    let pendingIndexEntries = PendingIndexEntries()
    let referrers: ReferrerStatements
    package let integrity: ReferentialIntegrity
    private let random = SharedRandom()
    /// The time of writes; an argument so that tests can fix it.
    package let clock: @Sendable () -> Instant

    /// - Parameter types: resource types whose tables exist; all by default.
    package init(
        database: Database, definitions: FHIRDefinitions, indexer: SearchIndexer, types: [TypeID]? = nil,
        integrity: ReferentialIntegrity = .none, clock: @escaping @Sendable () -> Instant = { .now }
    ) {
        self.database = database
        self.definitions = definitions
        tables = TableCatalog(definitions: definitions, types: types ?? definitions.resourceTypes)
        renderer = ResourceRenderer(definitions: definitions)
        preparer = ResourcePreparer(definitions: definitions, indexer: indexer)
        commands = WriteCommandBuilder(
            tables: tables, pendingIndexEntries: pendingIndexEntries, indexer: indexer,
            parameterType: definitions.resourceType(named: "SearchParameter"))
        referrers = ReferrerStatements(tables: tables, indexer: indexer)
        self.integrity = integrity
        self.clock = clock
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
