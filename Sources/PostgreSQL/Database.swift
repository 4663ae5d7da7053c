package import Logging
import Synchronization

/// A PostgreSQL database, reached through lanes (see `read`, `write`) and leased sessions. All blocking happens on
/// threads of its own.
package final class Database: Sendable {
    private let configuration: DatabaseConfiguration
    private let logger: Logger
    let counters: Counters
    private let threads: ThreadGroup
    private let housekeepingThread: ThreadGroup
    private let housekeeper: Housekeeper
    private let reads: LaneQueue<ReadJob>
    private let lookUps: LaneQueue<ReadJob>
    private let writes: [LaneQueue<QueuedWrite>]
    private let pools: PoolBox
    /// What statements that ask for it are completed with; nil where nobody has said.
    private let standing: StandingValues?
    private let tenantRole: TenantRoleSwitch

    /// Made by `start`, for all that share the connections.
    private final class PoolBox: Sendable {
        let value = Mutex<Pools?>(nil)
    }

    private struct Pools {
        /// For transactions.
        let sessions: SessionPool
        /// For reads that may take their time.
        let queries: SessionPool
    }

    /// Connects to nothing yet; see `start`.
    package init(configuration: DatabaseConfiguration, logger: Logger) {
        precondition(configuration.readLanes > 0 && configuration.writeLanes > 0 && configuration.sessions > 0)
        precondition(configuration.lookUpLanes > 0)
        precondition(configuration.querySessions > 0 && configuration.batchCount > 0 && configuration.queueLimit > 0)
        self.configuration = configuration
        self.logger = logger
        let counters = Counters()
        self.counters = counters
        threads = ThreadGroup()
        housekeepingThread = ThreadGroup()
        housekeeper = Housekeeper()
        pools = PoolBox()
        standing = nil
        tenantRole = TenantRoleSwitch()
        reads = LaneQueue(limit: configuration.queueLimit, counters: counters)
        lookUps = LaneQueue(limit: configuration.queueLimit, counters: counters)
        writes = (0..<configuration.writeLanes).map { _ in
            LaneQueue(limit: configuration.queueLimit, counters: counters)
        }
    }

    /// The same database, with what its statements may ask for.
    package convenience init(_ database: Database, standing: StandingValues) {
        self.init(sharing: database, standing)
    }

    private init(sharing database: Database, _ standing: StandingValues) {
        configuration = database.configuration
        logger = database.logger
        counters = database.counters
        threads = database.threads
        housekeepingThread = database.housekeepingThread
        housekeeper = database.housekeeper
        reads = database.reads
        lookUps = database.lookUps
        writes = database.writes
        pools = database.pools
        tenantRole = database.tenantRole
        self.standing = standing
    }

    /// Makes sure that the database can be reached, then starts the lanes.
    /// - Throws: `.configuration` for an address that cannot be read or credentials that are refused;
    ///   `.notConnected` when nothing
    ///   answers within the configured wait.
    package func start() async throws {
        let settings = try ConnectionSettings(configuration)
        let configuration = configuration
        try await Probe(settings: settings, configuration: configuration).run()
        let housekeeper = housekeeper
        func pool(limit: Int) -> SessionPool {
            SessionPool(
                limit: limit, settings: settings, configuration: configuration, counters: counters, threads: threads,
                housekeeper: housekeeper)
        }
        let pools = Pools(
            sessions: pool(limit: configuration.sessions), queries: pool(limit: configuration.querySessions))
        self.pools.value.withLock { $0 = pools }
        housekeepingThread.start(name: "pg-housekeeper") {
            housekeeper.serve {
                let waits = pools.sessions.expireWaiting()
                return pools.queries.expireWaiting() || waits
            }
        }
        let read = ReadLane(counters: counters)
        for index in 0..<configuration.readLanes {
            startLane("pg-read-\(index)", reads, settings) { read.process($0, $1) }
        }
        for index in 0..<configuration.lookUpLanes {
            startLane("pg-look-up-\(index)", lookUps, settings.forLookUps) { read.process($0, $1) }
        }
        let write = WriteLane(counters: counters, retries: configuration.writeRetries)
        for (index, queue) in writes.enumerated() {
            startLane("pg-write-\(index)", queue, settings) { write.process($0, $1) }
        }
    }

    /// Refuses further work, finishes what is queued or in flight, and closes every connection. Call once.
    package func shutdown() async {
        reads.close()
        lookUps.close()
        for queue in writes { queue.close() }
        if let pools = pools.value.withLock({ $0 }) {
            pools.sessions.close()
            pools.queries.close()
        }
        await threads.wait()
        housekeeper.close()
        await housekeepingThread.wait()
    }

    /// Runs one query on a read lane, sharing a round trip with others. For short queries that change nothing:
    /// a slow one holds up those
    /// behind it.
    package func read(
        _ statement: SQLStatement, _ parameters: SQLParameters = SQLParameters()
    ) async throws -> QueryResult {
        let parameters = try statement.complete(parameters, with: standing)
        return try await withUnsafeThrowingContinuation { continuation in
            reads.submit(
                ReadJob(
                    statement: statement, parameters: parameters, tenant: tenant(of: statement), enqueued: .now,
                    continuation: continuation))
        }
    }

    /// As `read`, for queries that find few rows by keys, whatever the values and however large the tables: their plan
    /// is made once, without a look at the values.
    package func lookUp(
        _ statement: SQLStatement, _ parameters: SQLParameters = SQLParameters()
    ) async throws -> QueryResult {
        let parameters = try statement.complete(parameters, with: standing)
        return try await withUnsafeThrowingContinuation { continuation in
            lookUps.submit(
                ReadJob(
                    statement: statement, parameters: parameters, tenant: tenant(of: statement), enqueued: .now,
                    continuation: continuation))
        }
    }

    /// Runs a job on a write lane, sharing a commit with others; returns one result per statement, after the
    /// commit. A job may be run
    /// twice when another one of its batch fails: the first run is then undone whole.
    /// - Parameter affinity: jobs of equal affinity run on the same lane, in order.
    package func write(_ job: WriteJob, affinity: Int = 0) async throws -> [QueryResult] {
        guard job.count > 0 else { return [] }
        let job = try job.completed(with: standing)
        let lane = writes[Int(UInt(bitPattern: affinity) % UInt(writes.count))]
        return try await withUnsafeThrowingContinuation { continuation in
            lane.submit(QueuedWrite(job, continuation))
        }
    }

    /// Lends a connection for the time of `body`. What `body` leaves open is rolled back. Do not lease within a
    /// lease: under load both would
    /// wait for each other.
    /// - Parameter timeout: the limit for each statement of this lease, in place of the configured one.
    package func withSession<R>(
        timeout: Duration? = nil, _ body: (Session) async throws -> R
    ) async throws -> R {
        try await lend(from: started().sessions, timeout: timeout, body)
    }

    /// Lends a connection for reads that may take their time. Few run at a time, the others wait.
    package func withQuerySession<R>(_ body: (Session) async throws -> R) async throws -> R {
        try await lend(from: started().queries, onlyReads: true, body)
    }

    /// Runs one query that may take its time.
    package func query(
        _ statement: SQLStatement, _ parameters: SQLParameters = SQLParameters()
    ) async throws -> QueryResult {
        try await withQuerySession { try await $0.query(statement, parameters) }
    }

    private func started() throws -> Pools {
        guard let pools = pools.value.withLock({ $0 }) else {
            throw PostgreSQLError(.notConnected, "the database was not started")
        }
        return pools
    }

    private func lend<R>(
        from pool: SessionPool, timeout: Duration? = nil, onlyReads: Bool = false, _ body: (Session) async throws -> R
    ) async throws -> R {
        let session = try await pool.lease(
            standing: standing, tenant: tenantRole.isOn ? standing?.tenant : nil, onlyReads: onlyReads)
        if let timeout { session.setTimeout(timeout) }
        do {
            let value = try await body(session)
            await pool.release(session)
            return value
        } catch {
            await pool.release(session)
            throw error
        }
    }

    /// Runs a script of several statements as one transaction, unless it holds transaction commands; without a
    /// time limit. For migrations.
    package func script(_ sql: String) async throws {
        try await withSession(timeout: .zero) { try await $0.execute(sql) }
    }

    // MARK: - Tenants

    /// Whether reads of callers who belong to a tenant are answered under the role of tenants, here and for all that
    /// share the connections. Turn on once the role is known to be there (`TenantRole`).
    package var usesTenantRole: Bool {
        get { tenantRole.isOn }
        set { tenantRole.isOn = newValue }
    }

    private func tenant(of statement: SQLStatement) -> String? {
        guard let tenant = standing?.tenant, tenantRole.isOn, statement.isTenantRead else { return nil }
        return tenant
    }

    /// Counts since start.
    package var statistics: DatabaseStatistics {
        var statistics = counters.snapshot
        if let pools = pools.value.withLock({ $0 }) {
            let loads = [pools.sessions.load, pools.queries.load]
            statistics.leasedSessions = loads.reduce(0) { $0 + $1.leased }
            statistics.waitingForSession = loads.reduce(0) { $0 + $1.waiting }
        }
        return statistics
    }

    private func startLane<Job: LaneJob>(
        _ name: String, _ queue: LaneQueue<Job>, _ settings: ConnectionSettings,
        _ process: @escaping @Sendable (Connection, [Job]) -> Void
    ) {
        let lane = Lane(
            name: name, queue: queue, settings: settings, configuration: configuration, counters: counters,
            logger: logger,
            process: process)
        threads.start(name: name) { lane.run() }
    }
}
