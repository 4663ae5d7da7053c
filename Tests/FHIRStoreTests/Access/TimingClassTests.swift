import FHIRSearch
import FHIRStore
import FHIRStoreTesting
import JSONTape
import PostgreSQL
import Testing

/// Hidden and absent resources take the same way: as many statements, round trips and errors. What differs then is no
/// more than which rows an index finds.
@Suite struct TimingClassTests {
    /// What was asked of the database.
    private func cost(_ test: TestStore, _ body: () async throws -> Void) async -> [Int] {
        let before = test.database.statistics
        try? await body()
        let after = test.database.statistics
        return [
            after.reads - before.reads, after.readBatches - before.readBatches, after.writes - before.writes,
            after.writeBatches - before.writeBatches, after.writeReruns - before.writeReruns,
            after.sessionRequests - before.sessionRequests, after.errors - before.errors,
        ]
    }

    @Test func `hidden and absent resources cost the same`() async throws {
        try await TestStore.with(types: ["Observation", "Patient"]) { test in
            let json = #"""
                {"resourceType":"Observation","status":"final","code":{"text":"x"},
                 "subject":{"reference":"Patient/p"}}
                """#
            let type = test.type("Observation")
            let owner = test.store.limited(to: TenantRowSecurityTests.limit("a"))
            let input = try test.input(json)
            _ = try await owner.transaction { try await $0.create(input, id: "hidden") }
            let store = test.store.limited(to: TenantRowSecurityTests.limit("b"))
            let search = SearchService(SearchService(test.store), in: store)
            let ways: [(String, @Sendable (String) async throws -> Void)] = [
                ("read", { _ = try await store.read(type, id: $0) }),
                ("vread", { _ = try await store.vread(type, id: $0, version: 1) }),
                ("history", { _ = try await store.history(HistoryRequest(scope: .instance(type, id: $0))) }),
                ("update", { _ = try await store.update(input, id: $0) }),
                ("delete", { _ = try await store.delete(type, id: $0) }),
                (
                    "search",
                    {
                        let request = try SearchRequest.parse(
                            type: type, pairs: [("_id", $0)], handling: .strict, indexer: search.indexer)
                        _ = try await search.search(request, now: 0)
                    }
                ),
                (
                    "transaction",
                    { id in
                        _ = try await store.transaction { transaction in
                            _ = try await transaction.lock(type, id: id)
                            _ = try await transaction.update(input, id: id)
                        }
                    }
                ),
            ]
            for (name, way) in ways {
                // Once beforehand, so that both find their statements prepared.
                _ = await cost(test) { try await way("never") }
                let hidden = await cost(test) { try await way("hidden") }
                let absent = await cost(test) { try await way("absent") }
                #expect(hidden == absent, "\(name)")
                #expect(hidden.contains { $0 > 0 }, "\(name)")
            }
        }
    }
}
