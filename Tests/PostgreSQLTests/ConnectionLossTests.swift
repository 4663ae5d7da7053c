import PostgreSQL
import PostgreSQLTesting
import Testing

@Suite struct ConnectionLossTests {
    private static let terminate = """
        SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()
        """

    @Test func readInFlightFailsAndQueuedOnesSurvive() async throws {
        try await TestCluster.shared.withDatabase({ $0.readLanes = 1 }) { database in
            let sleeper = Task { await failure { _ = try await database.read(SQLStatement("SELECT pg_sleep(600)")) } }
            try await eventually("the query runs") { try await database.running("SELECT pg_sleep%") == 1 }
            let one = SQLStatement("SELECT 1")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<5 {
                    group.addTask {
                        let result = try await database.read(one)
                        #expect(result.int64(0, 0) == 1)
                    }
                }
                try await eventually("all are queued") { database.statistics.inFlight == 6 }
                _ = try await database.count(Self.terminate)
                try await group.waitForAll()
            }
            #expect(await sleeper.value?.code == .connectionLost)
            #expect(database.statistics.reconnects >= 1)
        }
    }

    @Test func lossWhileIdleFailsNothing() async throws {
        try await TestCluster.shared.withDatabase({ $0.sessions = 2 }) { database in
            let one = SQLStatement("SELECT 1")
            let other = Database(
                configuration: DatabaseConfiguration(connectionString: try await database.address()),
                logger: TestCluster.logger)
            try await other.start()
            for _ in 0..<3 {
                #expect(try await database.read(one).int64(0, 0) == 1)
                #expect(try await database.write(WriteJob([(one, SQLParameters())])).count == 1)
                #expect(try await database.withSession { try await $0.query(one).int64(0, 0) } == 1)
                _ = try await other.count(
                    """
                    SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity
                    WHERE datname = current_database() AND application_name = 'martlet' AND state = 'idle'
                    """)
            }
            await other.shutdown()
        }
    }

    @Test func writeInFlightIsNeitherAcknowledgedNorRunAgain() async throws {
        try await TestCluster.shared.withDatabase { database in
            try await database.script("CREATE TABLE t (id bigint)")
            let insert = SQLStatement("INSERT INTO t VALUES ($1)")
            try await database.withSession { session in
                try await session.execute("BEGIN; LOCK TABLE t IN ACCESS EXCLUSIVE MODE")
                let writer = Task { await failure { _ = try await database.write(WriteJob([(insert, integer(1))])) } }
                try await eventually("the job runs") { try await database.waitingForLock() == 1 }
                _ = try await session.query(
                    SQLStatement(
                        """
                        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                        WHERE datname = current_database() AND wait_event_type = 'Lock'
                        """))
                #expect(await writer.value?.code == .connectionLost)
                try await session.execute("COMMIT")
            }
            _ = try await database.write(WriteJob([(insert, integer(2))]))
            #expect(try await database.count("SELECT sum(id) FROM t") == 2)
        }
    }

    @Test func leaseDoesNotGoOnWithAnotherConnection() async throws {
        try await TestCluster.shared.withDatabase({ $0.sessions = 2 }) { database in
            try await database.script("CREATE TABLE t (id bigint)")
            let insert = SQLStatement("INSERT INTO t VALUES ($1)")
            let error = await failure {
                try await database.transaction { session in
                    _ = try await session.query(insert, integer(1))
                    _ = try await database.count(Self.terminate)
                    _ = try await session.query(insert, integer(2))
                }
            }
            #expect(error?.code == .connectionLost)
            #expect(try await database.count("SELECT count(*) FROM t") == 0)
        }
    }

    @Test(arguments: [
        ("host=/nonexistent dbname=x", PostgreSQLError.Code.notConnected),
        ("postgresql://user:secret-word@localhost:notaport/x", .notConnected),
        ("postgresql://user:secret-word@[localhost/x", .configuration),
        ("postgresql://user:secret-word@localhost:1/x", .notConnected),
        ("secret-word", .configuration),
    ])
    func wrongAddressIsRefusedWithoutItsPassword(_ address: String, _ code: PostgreSQLError.Code) async throws {
        var configuration = DatabaseConfiguration(connectionString: address)
        configuration.disconnectedWait = .milliseconds(20)
        let database = Database(configuration: configuration, logger: TestCluster.logger)
        let error = await failure { try await database.start() }
        #expect(error?.code == code)
        #expect(error?.description.contains("secret-word") == false)
        #expect("\(configuration)".contains("secret-word") == false)
    }

    @Test func missingDatabaseIsAConfigurationError() async throws {
        let address = try await TestCluster.shared.cluster.connectionString(database: "absent")
        let database = Database(
            configuration: DatabaseConfiguration(connectionString: address), logger: TestCluster.logger)
        let error = await failure { try await database.start() }
        #expect(error?.code == .configuration)
    }
}

extension Database {
    /// The address of the same database for another program, told apart by its application name.
    fileprivate func address() async throws -> String {
        let row = try await read(
            SQLStatement(
                "SELECT current_database(), current_setting('unix_socket_directories'), current_setting('port')"))
        return
            "host=\(row.string(0, 1) ?? "") port=\(row.string(0, 2) ?? "") dbname=\(row.string(0, 0) ?? "")"
            + " user=martlet"
            + " application_name=other"
    }
}
