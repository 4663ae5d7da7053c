import FHIRFormats
import FHIRSearch
import FHIRStoreTesting
import PostgreSQL
import Testing

@testable import FHIRStore

/// How searches in a compartment are planned.
@Suite struct CompartmentPlanTests {
    @Test func `a compartment is found by its indexes, not by reading the type`() async throws {
        try await TestStore.with(types: ["Observation"]) { test in
            try await test.put(
                (0..<10).map { number in
                    #"""
                    {"resourceType":"Observation","id":"o\#(number)","status":"final","code":{"coding":[{"code":"c"}]},
                     "subject":{"reference":"Patient/p\#(number)"},
                     "performer":[{"reference":"Patient/p\#(number + 1)"}]}
                    """#
                })
            try await test.database.script(
                """
                INSERT INTO observation (id, version, method, updated, self, subj, keys, content)
                SELECT id || '-' || n, 1, method, updated, n, subj + n, keys || n::bigint, content
                FROM observation, generate_series(1, 2000) n WHERE id <> 'o5' AND id <> 'o4';
                ANALYZE observation
                """)
            for query in ["", "code=c", "_sort=-date", "_sort=_lastUpdated", "status=final&_sort=date"] {
                var request = try test.request("Observation", query)
                request.compartment = SearchRequest.Compartment(focus: test.type("Patient"), id: "p5")
                let predicate = PredicateBuilder(indexer: test.indexer, now: 0).predicate(for: request)
                let plan = SearchPlan(
                    predicate, request: request, cursor: nil, limit: 21, index: test.indexer.index(of: request.type),
                    tables: test.store.tables)
                let lines = try await test.database.withSession { session in
                    let result = try await session.query(
                        SQLStatement("EXPLAIN (COSTS OFF) " + plan.text, isPrepared: false), plan.parameters)
                    return (0..<result.rowCount).map { result.string($0, 0) ?? "" }.joined(separator: "\n")
                }
                #expect(lines.contains("BitmapOr") && !lines.contains("Seq Scan"), "\(query)\n\(lines)")
                #expect(
                    try await test.service().search(request, now: 0).matches.map(\.stamp.id).sorted() == ["o4", "o5"])
            }
        }
    }
}
