import PostgreSQL
import PostgreSQLTesting
import Testing

@Suite struct WriteLaneTests {
    private static let insert = SQLStatement("INSERT INTO t (id) VALUES ($1)")
    private static let table = "CREATE TABLE t (id bigint PRIMARY KEY, xid xid8 DEFAULT pg_current_xact_id())"

    /// Queues the jobs while a lock holds the lane up, so that they end up in one batch; returns each one's error.
    private func writeTogether(_ database: Database, _ jobs: [WriteJob]) async throws -> [PostgreSQLError?] {
        try await withThrowingTaskGroup(of: (Int, PostgreSQLError?).self) { group in
            try await database.withSession { session in
                try await session.execute("BEGIN; LOCK TABLE t IN ACCESS EXCLUSIVE MODE")
                group.addTask {
                    (-1, await failure { _ = try await database.write(WriteJob([(Self.insert, integer(-1))])) })
                }
                try await eventually("the first job runs") { try await database.waitingForLock() == 1 }
                for (index, job) in jobs.enumerated() {
                    group.addTask { (index, await failure { _ = try await database.write(job) }) }
                }
                try await eventually("all jobs are queued") { database.statistics.inFlight == jobs.count + 1 }
                try await session.execute("COMMIT")
            }
            var errors: [PostgreSQLError?] = Array(repeating: nil, count: jobs.count)
            for try await (index, error) in group where index >= 0 { errors[index] = error }
            return errors
        }
    }

    @Test func violationFailsOnlyItsOwnJob() async throws {
        try await TestCluster.shared.withDatabase { database in
            try await database.script(Self.table + "; INSERT INTO t VALUES (7)")
            // Job 7 violates the key in its second statement, so its first one must go too.
            let jobs = (0..<50).map { id in
                WriteJob([(Self.insert, integer(1_000 + id)), (Self.insert, integer(id))])
            }
            let errors = try await writeTogether(database, jobs)
            for (id, error) in errors.enumerated() {
                #expect(error?.sqlState == (id == 7 ? "23505" : nil))
            }
            #expect(errors[7]?.constraint == "t_pkey" && errors[7]?.table == "t" && errors[7]?.isConflict == true)
            #expect(errors[7]?.description.contains("(7)") == false)
            #expect(try await database.count("SELECT count(*) FROM t") == 50 * 2 - 2 + 2)
            #expect(try await database.count("SELECT count(*) FROM t WHERE id = 1007") == 0)
            #expect(database.statistics.writeReruns == 50)
        }
    }

    @Test func deferredViolationFailsOnlyItsOwnJob() async throws {
        try await TestCluster.shared.withDatabase { database in
            try await database.script(
                Self.table
                    + "; CREATE TABLE r (id bigint REFERENCES t DEFERRABLE INITIALLY DEFERRED)"
                    + "; INSERT INTO t VALUES (1)"
            )
            let refer = SQLStatement("INSERT INTO r VALUES ($1)")
            let errors = try await writeTogether(database, [1, 2, 1].map { WriteJob([(refer, integer($0))]) })
            #expect(errors.map { $0?.sqlState } == [nil, "23503", nil])
            #expect(try await database.count("SELECT count(*) FROM r") == 2)
        }
    }

    @Test func waitingJobsShareACommit() async throws {
        try await TestCluster.shared.withDatabase { database in
            try await database.script(Self.table)
            let errors = try await writeTogether(database, (0..<50).map { WriteJob([(Self.insert, integer($0))]) })
            #expect(errors.allSatisfy { $0 == nil })
            #expect(try await database.count("SELECT count(DISTINCT xid) FROM t WHERE id >= 0") == 1)
            #expect(database.statistics.writeBatches == 2)
        }
    }

    @Test func resultsBelongToTheirJob() async throws {
        try await TestCluster.shared.withDatabase { database in
            let echo = SQLStatement("SELECT $1::bigint")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for id in 0..<200 {
                    group.addTask {
                        let job = WriteJob((0...id % 3).map { (echo, integer(id * 10 + $0)) })
                        let results = try await database.write(job, affinity: id)
                        #expect(results.map { $0.int64(0, 0) } == (0...id % 3).map { Int64(id * 10 + $0) })
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await database.write(WriteJob()).isEmpty)
        }
    }

    @Test func deadlocksAreRunAgain() async throws {
        try await TestCluster.shared.withDatabase({ $0.writeLanes = 2 }) { database in
            try await database.script(
                "CREATE TABLE t (id bigint PRIMARY KEY, n int); INSERT INTO t VALUES (1, 0), (2, 0)")
            let update = SQLStatement("UPDATE t SET n = n + 1 WHERE id = $1")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<200 {
                    let order = index % 2 == 0 ? [1, 2] : [2, 1]
                    group.addTask {
                        _ = try await database.write(WriteJob(order.map { (update, integer($0)) }), affinity: index)
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await database.count("SELECT min(n) FROM t") == 200)
            #expect(try await database.count("SELECT max(n) FROM t") == 200)
        }
    }

    @Test func fullQueueRefuses() async throws {
        try await TestCluster.shared.withDatabase({ $0.queueLimit = 5 }) { database in
            try await database.script(Self.table)
            try await withThrowingTaskGroup(of: PostgreSQLError?.self) { group in
                let write = { @Sendable (id: Int) in
                    await failure { _ = try await database.write(WriteJob([(Self.insert, integer(id))])) }
                }
                try await database.withSession { session in
                    try await session.execute("BEGIN; LOCK TABLE t IN ACCESS EXCLUSIVE MODE")
                    group.addTask { await write(0) }
                    try await eventually("the first job runs") { try await database.waitingForLock() == 1 }
                    for id in 1...5 { group.addTask { await write(id) } }
                    try await eventually("the queue is full") { database.statistics.inFlight == 6 }
                    #expect(await write(6)?.code == .overloaded)
                    try await session.execute("COMMIT")
                }
                for try await error in group { #expect(error == nil) }
            }
            #expect(database.statistics.overloads == 1)
        }
    }

    @Test func shutdownFinishesWhatIsQueued() async throws {
        let (database, url) = try await TestCluster.shared.makeDatabase()
        try await database.script(Self.table)
        let other = Database(configuration: DatabaseConfiguration(connectionString: url), logger: TestCluster.logger)
        try await other.start()
        try await withThrowingTaskGroup(of: Void.self) { group in
            // Nothing is done before all are queued.
            try await other.withSession { session in
                try await session.execute("BEGIN")
                try await session.execute("LOCK TABLE t IN SHARE MODE")
                for id in 0..<300 {
                    group.addTask { _ = try await database.write(WriteJob([(Self.insert, integer(id))])) }
                }
                try await eventually("the jobs are queued") { database.statistics.inFlight == 300 }
                try await session.execute("COMMIT")
            }
            await database.shutdown()
            try await group.waitForAll()
        }
        await other.shutdown()
        #expect(
            await failure { _ = try await database.write(WriteJob([(Self.insert, integer(-1))])) }?.code == .shutDown)
        let again = Database(configuration: DatabaseConfiguration(connectionString: url), logger: TestCluster.logger)
        try await again.start()
        #expect(try await again.count("SELECT count(*) FROM t") == 300)
        await again.shutdown()
    }
}
