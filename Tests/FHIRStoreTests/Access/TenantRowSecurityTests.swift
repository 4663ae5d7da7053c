import FHIRDefinitions
import FHIRSearch
import FHIRStore
import FHIRStoreTesting
import JSONTape
import PostgreSQL
import Testing

/// Decision 0048: what the conditions of a statement would let through, PostgreSQL itself keeps back from tenants.
@Suite struct TenantRowSecurityTests {
    static func limit(_ tenant: String) -> AccessLimit {
        var limit = AccessLimit(kind: "tenant") { _, _ in .tenant }
        limit.tenant = tenant
        return limit
    }

    /// A text with a standing value, as all have that are written from the caller's tables, but without a condition.
    private func careless(_ text: String) -> SQLStatement { SQLStatement(text + " WHERE @{0}::text IS NOT NULL") }

    private func ids(_ result: QueryResult) -> [String] {
        (0..<result.rowCount).compactMap { result.string($0, 0) }.sorted()
    }

    /// Patients `a` and `b` of tenants of these names, and `n` of nobody.
    private func fill(_ test: TestStore) async throws {
        for id in ["a", "b", "n"] {
            let input = try test.input(#"{"resourceType":"Patient","id":"\#(id)"}"#)
            let store = id == "n" ? test.store : test.store.limited(to: Self.limit(id))
            _ = try await store.transaction { try await $0.create(input, id: id) }
            _ = try await store.update(try test.input(#"{"resourceType":"Patient","gender":"female"}"#), id: id)
        }
    }

    @Test func `a statement without conditions shows the rows of the tenant and of nobody`() async throws {
        try await TestStore.with(types: ["Patient"]) { test in
            try await fill(test)
            let database = test.store.limited(to: Self.limit("a")).database
            for table in ["patient", "patient_history"] {
                let other = test.store.limited(to: Self.limit("none")).database
                for all in [careless("SELECT id FROM \(table)"), SQLStatement("SELECT id FROM \(table)")] {
                    #expect(ids(try await database.read(all)) == ["a", "n"])
                    #expect(ids(try await database.lookUp(all)) == ["a", "n"])
                    #expect(ids(try await database.query(all)) == ["a", "n"])
                    #expect(ids(try await other.read(all)) == ["n"])
                }
            }
        }
    }

    @Test func `secrets cannot be read under the role`() async throws {
        try await TestStore.with(types: ["Patient"]) { test in
            let database = test.store.limited(to: Self.limit("a")).database
            let names = try await test.database.read(
                SQLStatement("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1"))
            var readable: [String] = []
            for row in 0..<names.rowCount {
                let name = names.string(row, 0) ?? ""
                if (try? await database.read(careless(#"SELECT 1 FROM "\#(name)""#))) != nil { readable.append(name) }
            }
            #expect(
                readable == [
                    "care_relation", "consent_rule", "contained_num", "contained_range", "contained_resource",
                    "contained_str", "patient", "patient_history", "patient_num", "patient_range",
                    "patient_str", "search_index",
                ])
        }
    }

    @Test func `what others ask on the same connection sees all rows`() async throws {
        try await TestStore.with(types: ["Patient"]) {
            $0.readLanes = 1
            $0.sessions = 1
        } _: { test in
            try await fill(test)
            let all = SQLStatement("SELECT id FROM patient")
            let careless = careless("SELECT id FROM patient")
            let stores = ["a", "b"].map { test.store.limited(to: Self.limit($0)) }
            // At the same time, so that they share round trips.
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<60 {
                    group.addTask {
                        let isOfHouse = number % 3 == 2
                        let database = isOfHouse ? test.database : stores[number % 3].database
                        let found = try await database.read(isOfHouse ? all : careless)
                        #expect(ids(found) == [["a", "n"], ["b", "n"], ["a", "b", "n"]][number % 3])
                    }
                }
                try await group.waitForAll()
            }
            // Within a transaction: behind a read of the tenant's, in the same round trip and in the next one.
            try await stores[0].database.transaction { session in
                let results = try await session.queries([
                    (all, SQLParameters()), (careless, SQLParameters()), (careless, SQLParameters()),
                    (all, SQLParameters()),
                ])
                #expect(results.map(ids) == [["a", "b", "n"], ["a", "n"], ["a", "n"], ["a", "b", "n"]])
                #expect(ids(try await session.query(careless)) == ["a", "n"])
                #expect(ids(try await session.query(all)) == ["a", "b", "n"])
            }
            #expect(ids(try await test.database.query(all)) == ["a", "b", "n"])
        }
    }

    @Test func `an error is said of its own statement`() async throws {
        try await TestStore.with(types: ["Patient"]) { test in
            let database = test.store.limited(to: Self.limit("a")).database
            let good = careless("SELECT id FROM patient")
            let bad = careless("SELECT 1 / (count(*) - count(*)) FROM patient")
            for place in 0..<3 {
                var list = Array(repeating: (good, SQLParameters()), count: 3)
                list[place].0 = bad
                let statements = list
                let step = await step(ofError: {
                    _ = try await database.transaction { try await $0.queries(statements) }
                })
                #expect(step == place)
            }
            // In a lane, the others are answered all the same.
            async let wrong = step(ofError: { _ = try await database.read(bad) })
            async let right = database.read(good)
            let (refused, answered) = (await wrong, try await right)
            #expect(refused != nil && answered.rowCount == 0)
        }
    }

    /// Where the database found fault; nil for nowhere.
    private func step(ofError body: @Sendable () async throws -> Void) async -> Int? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? PostgreSQLError).map { $0.step ?? -1 }
        }
    }

    /// Conditions of searches, on the index that each is to be answered by.
    @Test(arguments: [
        ("keys @> ARRAY[1::bigint]", "observation_keys_idx"),
        ("keys && ARRAY[1::bigint, 2]", "observation_keys_idx"),
        ("to_tsvector('simple', words) @@ to_tsquery('simple', 'x')", "observation_words_idx"),
        ("id = ANY ('{x,y}'::text[])", "observation_pkey"), ("vq >= 7 AND vq < 8", "observation_vq_rid_idx"),
        ("subj = 7::bigint", "observation_subj_date_lo_rid_idx"), ("rid = 7", "rid_idx"),
        ("(updated, id) > ('2026-01-01', 'x')", "observation_updated_id_idx"),
        (
            "rid > 0 AND date_lo > '2026-01-01' AND date_lo < '2026-01-02'", "observation_date_lo_rid_idx"
        ),
    ])
    func `searches of a tenant use the same indexes`(_ condition: String, _ index: String) async throws {
        try await TestStore.with(types: ["Observation", "Patient"]) { test in
            let store = test.store.limited(to: Self.limit("a"))
            let table = store.tables.table(test.type("Observation"))
            let text = "EXPLAIN SELECT id FROM \(table.current) t WHERE \(condition)"
            try await store.database.transaction { session in
                _ = try await session.query(SQLStatement("SET LOCAL enable_seqscan = off"))
                let plan = try await session.query(SQLStatement(text))
                let lines = (0..<plan.rowCount).compactMap { plan.string($0, 0) }.joined(separator: "\n")
                #expect(lines.contains(index), "\(lines)")
                #expect(lines.contains("'martlet_tenant'::name"), "\(lines)")
                #expect(lines.contains("Cond: "), "\(lines)")
            }
        }
    }
}
