import PostgreSQL
import PostgreSQLTesting
import Testing

@Suite struct ReadLaneTests {
    @Test func errorFailsOnlyItsOwnQuery() async throws {
        try await TestCluster.shared.withDatabase { database in
            let divide = SQLStatement("SELECT 100 / $1::bigint")
            let outcomes = await withTaskGroup(of: (Int, Int64?, String?).self) { group in
                for divisor in 0..<100 {
                    group.addTask {
                        do {
                            let result = try await database.read(divide, integer(divisor % 10))
                            return (divisor, result.int64(0, 0), nil)
                        } catch {
                            return (divisor, nil, (error as? PostgreSQLError)?.sqlState)
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            for (divisor, value, sqlState) in outcomes {
                if divisor % 10 == 0 {
                    #expect(sqlState == "22012")
                } else {
                    #expect(value == Int64(100 / (divisor % 10)))
                }
            }
            #expect(database.statistics.reads == 100 && database.statistics.errors == 10)
            // The lane counts a batch off after it has answered.
            try await eventually("nothing is in flight") { database.statistics.inFlight == 0 }
        }
    }

    @Test func wrongStatementFailsEachTime() async throws {
        try await TestCluster.shared.withDatabase({ $0.readLanes = 1 }) { database in
            let wrong = SQLStatement("SELECT nothing FROM nowhere")
            let states = await withTaskGroup(of: String?.self) { group in
                for _ in 0..<20 {
                    group.addTask { await failure { _ = try await database.read(wrong) }?.sqlState }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(states == Array(repeating: "42P01", count: 20))
        }
    }

    @Test("Look-ups keep one plan, and use indexes however small a table is")
    func lookUps() async throws {
        try await TestCluster.shared.withDatabase { database in
            let settings = SQLStatement("SELECT current_setting('plan_cache_mode'), current_setting('enable_seqscan')")
            let ours = try await database.lookUp(settings)
            #expect(ours.string(0, 0) == "force_generic_plan" && ours.string(0, 1) == "off")
            let others = try await database.read(settings)
            #expect(others.string(0, 0) == "auto" && others.string(0, 1) == "on")
            try await database.script("CREATE TABLE t (a int PRIMARY KEY, b int); INSERT INTO t VALUES (1, 5)")
            let find = SQLStatement("SELECT * FROM t WHERE a = $1::bigint")
            for _ in 0..<8 { #expect(try await database.lookUp(find, integer(1)).rowCount == 1) }
            try await database.script("ALTER TABLE t ADD COLUMN c int DEFAULT 2")
            for _ in 0..<8 { #expect(try await database.lookUp(find, integer(1)).columnCount == 3) }
        }
    }

    @Test func changedTableIsParsedAnew() async throws {
        try await TestCluster.shared.withDatabase { database in
            try await database.script("CREATE TABLE t (a int); INSERT INTO t VALUES (1)")
            let all = SQLStatement("SELECT * FROM t")
            for _ in 0..<8 { _ = try await database.read(all) }
            try await database.script("ALTER TABLE t ADD COLUMN b int DEFAULT 2")
            for _ in 0..<8 { #expect(try await database.read(all).columnCount == 2) }
        }
    }

    @Test func forgottenStatementIsParsedAnew() async throws {
        try await TestCluster.shared.withDatabase({ $0.readLanes = 1 }) { database in
            let one = SQLStatement("SELECT 1")
            _ = try await database.read(one)
            _ = try await database.read(SQLStatement("DEALLOCATE ALL", isPrepared: false))
            #expect(try await database.read(one).int32(0, 0) == 1)
        }
    }

    @Test func preparedStatementsAreBounded() async throws {
        try await TestCluster.shared.withDatabase({
            $0.readLanes = 1
            $0.preparedStatementLimit = 4
        }) { database in
            let statements = (0..<20).map { SQLStatement("SELECT \($0)") }
            for _ in 0..<2 {
                for (index, statement) in statements.enumerated() {
                    #expect(try await database.read(statement).int32(0, 0) == Int32(index))
                }
            }
            let held = try await database.read(
                SQLStatement("SELECT count(*) FROM pg_prepared_statements", isPrepared: false))
            #expect(held.int64(0, 0) == 4)
        }
    }

    @Test func slowStatementIsEnded() async throws {
        try await TestCluster.shared.withDatabase({ $0.statementTimeout = .milliseconds(50) }) { database in
            let error = await failure { _ = try await database.read(SQLStatement("SELECT pg_sleep(60)")) }
            #expect(error?.code == .timeout && error?.sqlState == "57014")
        }
    }

    @Test func largeAnswersAndParametersPass() async throws {
        try await TestCluster.shared.withDatabase({ $0.readLanes = 1 }) { database in
            let echo = SQLStatement("SELECT repeat($1::text, 4)")
            let text = String(repeating: "x", count: 1 << 20)
            let lengths = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<16 {
                    group.addTask {
                        let result = try await database.read(echo, parameters { $0.append(text: text) })
                        return result.withBytes(0, 0) { $0.count }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(lengths == Array(repeating: 4 << 20, count: 16))
        }
    }
}
