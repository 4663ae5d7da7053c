import PostgreSQL
import PostgreSQLTesting
import Testing

@Suite struct SessionTests {
    private struct Refused: Error {}

    @Test func cancellationStopsTheStatement() async throws {
        try await TestCluster.shared.withDatabase({ $0.sessions = 2 }) { database in
            let task = Task {
                await failure {
                    try await database.withSession { _ = try await $0.query(SQLStatement("SELECT pg_sleep(600)")) }
                }
            }
            try await eventually("the statement runs") { try await database.running("SELECT pg_sleep%") == 1 }
            task.cancel()
            #expect(await task.value?.code == .cancelled)
            #expect(try await database.running("SELECT pg_sleep%") == 0)
        }
    }

    @Test func cancelledTaskSendsNothing() async throws {
        try await TestCluster.shared.withDatabase { database in
            try await database.script("CREATE TABLE t (id bigint)")
            let task = Task {
                await failure {
                    try await database.withSession { session in
                        while !Task.isCancelled { await Task.yield() }
                        _ = try await session.query(SQLStatement("INSERT INTO t VALUES (1)"))
                    }
                }
            }
            try await eventually("the session is leased") { database.statistics.leasedSessions == 1 }
            task.cancel()
            #expect(await task.value?.code == .cancelled)
            #expect(try await database.count("SELECT count(*) FROM t") == 0)
        }
    }

    @Test func waitersGetSessionsAndCancelledOnesLeave() async throws {
        try await TestCluster.shared.withDatabase({ $0.sessions = 1 }) { database in
            try await withThrowingTaskGroup(of: Void.self) { group in
                let quitter = try await database.withSession { _ in
                    for _ in 0..<20 {
                        group.addTask {
                            let value = try await database.count("SELECT 5")
                            #expect(value == 5)
                        }
                    }
                    let quitter = Task { await failure { _ = try await database.count("SELECT 6") } }
                    try await eventually("all wait") { database.statistics.waitingForSession == 21 }
                    quitter.cancel()
                    return await quitter.value
                }
                #expect(quitter?.code == .cancelled)
                try await group.waitForAll()
            }
            try await eventually("the session is back") { database.statistics.leasedSessions == 0 }
        }
    }

    @Test func openTransactionIsUndoneAtTheEnd() async throws {
        try await TestCluster.shared.withDatabase({ $0.sessions = 1 }) { database in
            try await database.script("CREATE TABLE t (id bigint)")
            try await database.withSession { try await $0.execute("BEGIN; INSERT INTO t VALUES (1)") }
            #expect(try await database.count("SELECT count(*) FROM t") == 0)
        }
    }

    @Test func pipelinedStatementsAreOneTransaction() async throws {
        try await TestCluster.shared.withDatabase { database in
            try await database.script("CREATE TABLE t (id bigint PRIMARY KEY)")
            let insert = SQLStatement("INSERT INTO t VALUES ($1)")
            let error = await failure {
                try await database.withSession {
                    _ = try await $0.queries([(insert, integer(1)), (insert, integer(2)), (insert, integer(1))])
                }
            }
            #expect(error?.sqlState == "23505")
            #expect(try await database.count("SELECT count(*) FROM t") == 0)
        }
    }

    @Test func timeLimitHoldsForOneLease() async throws {
        try await TestCluster.shared.withDatabase({ $0.sessions = 1 }) { database in
            let error = await failure {
                try await database.withSession(timeout: .milliseconds(20)) {
                    _ = try await $0.query(SQLStatement("SELECT pg_sleep(600)"))
                }
            }
            #expect(error?.code == .timeout)
            let limit = try await database.read(SQLStatement("SHOW statement_timeout"))
            let after = try await database.withSession { try await $0.query(SQLStatement("SHOW statement_timeout")) }
            #expect(after.string(0, 0) == limit.string(0, 0))
        }
    }

    @Test func timeLimitOutlivesARolledBackAttempt() async throws {
        try await TestCluster.shared.withDatabase({ $0.sessions = 1 }) { database in
            let fail = SQLStatement("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$")
            let show = SQLStatement("SHOW statement_timeout")
            var attempts = 0
            let limit = try await database.transaction(timeout: .seconds(7)) { session in
                attempts += 1
                if attempts == 1 { _ = try await session.query(fail) }
                return try await session.query(show).string(0, 0)
            }
            #expect(limit == "7s" && attempts == 2)
        }
    }

    @Test func transactionCommitsOrUndoes() async throws {
        try await TestCluster.shared.withDatabase { database in
            try await database.script("CREATE TABLE t (id bigint PRIMARY KEY)")
            let insert = SQLStatement("INSERT INTO t VALUES ($1)")
            try await database.transaction { _ = try await $0.query(insert, integer(1)) }
            await #expect(throws: Refused.self) {
                try await database.transaction {
                    _ = try await $0.query(insert, integer(2))
                    throw Refused()
                }
            }
            // An error that the body swallows must not look like success.
            let swallowed = await failure {
                try await database.transaction { session in
                    _ = try? await session.query(insert, integer(1))
                }
            }
            #expect(swallowed?.code == .transactionFailed)
            try await database.transaction { _ in }
            #expect(try await database.count("SELECT sum(id) FROM t") == 1)
        }
    }

    @Test func serialisationFailuresAreRunAgain() async throws {
        try await TestCluster.shared.withDatabase { database in
            try await database.script("CREATE TABLE t (n bigint); INSERT INTO t VALUES (0)")
            let read = SQLStatement("SELECT n FROM t")
            let update = SQLStatement("UPDATE t SET n = $1")
            // Two read before either writes, so that there is a failure.
            let meeting = Meeting()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<30 {
                    group.addTask {
                        try await database.transaction(isolation: .serializable, retries: 1_000) { session in
                            let value = try await session.query(read).int64(0, 0) ?? 0
                            await meeting.attend()
                            _ = try await session.query(update, integer(Int(value) + 1))
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await database.count("SELECT n FROM t") == 30)
            #expect(database.statistics.transactionRetries > 0)
        }
    }

    @Test func changedTableInTransactionIsRunAgain() async throws {
        try await TestCluster.shared.withDatabase({ $0.sessions = 1 }) { database in
            try await database.script("CREATE TABLE t (a int); INSERT INTO t VALUES (1)")
            let all = SQLStatement("SELECT * FROM t")
            let columns = { try await database.transaction { try await $0.query(all).columnCount } }
            #expect(try await columns() == 1)
            try await database.script("ALTER TABLE t ADD COLUMN b int")
            #expect(try await columns() == 2)
        }
    }
}

/// Holds the first who comes until there is a second, and nobody after that.
private actor Meeting {
    private var isOver = false
    private var first: CheckedContinuation<Void, Never>?

    func attend() async {
        guard !isOver else { return }
        if let first {
            isOver = true
            first.resume()
        } else {
            await withCheckedContinuation { first = $0 }
        }
    }
}
