/// What is measured once per run, beside the workloads.
struct RunFacts {
    var machine = MachineFacts.read()
    var postgresVersion = ""
    /// Settings of PostgreSQL that bear on the figures.
    var settings: [(name: String, value: String)] = []
    var flushesPerSecond = 0.0
    var flushMedianMicroseconds = 0.0
    var load: Load?
    var disk: DiskUsage?
    /// Starting where there was no database; nil where there was one.
    var firstStartSeconds: Double?
    var startSeconds: [Double] = []
    var idleMegabytes: Double?
    var loadedMegabytes: Double?
    /// PostgreSQL's processes together, shared memory counted once.
    var postgresMegabytes: Double?

    /// CPU time for the validation of a resource of 1.8 kB.
    var validationMicroseconds: Double?

    /// HL7 v2 messages with eight results that one core parses in a second.
    var parsedMessagesPerSecond: Double?

    struct Load {
        var resourceCount: Int
        var seconds: Double
    }

    static let startGoal = 1.0
    static let idleGoal = 100.0
    static let diskGoal = 3.0

    mutating func readSettings(_ postgres: Postgres) throws {
        postgresVersion = try postgres.value("SHOW server_version")
        settings = try postgres.query(
            """
            SELECT name, setting || coalesce(unit, '') FROM pg_settings WHERE name IN ('shared_buffers', 'fsync',
              'synchronous_commit', 'max_wal_size', 'wal_compression', 'jit', 'work_mem', 'data_checksums')
            """
        ).map { ($0[0], $0[1]) }
    }
}
