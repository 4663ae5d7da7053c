import FHIRFormats
import FHIRSearch
import FHIRStoreTesting
@testable import PostgreSQL
import Testing

@testable import FHIRStore

/// Searches by number and quantity, which list row numbers before they read rows: short lists, and those that are
/// given up.
@Suite struct SearchListTests {
    /// How many there are of each kind; beside the greatest list, few and many.
    private static let counts = ["low": 3_200, "high": 40, "weight": 3_200, "pressure": 3_200, "above": 30, "two": 5]

    private static func observation(_ id: String, _ rest: String) -> String {
        #"{"resourceType":"Observation","id":"\#(id)","status":"final",\#(rest)}"#
    }

    private static func code(_ codes: String...) -> String {
        let codings = codes.map { #"{"system":"http://loinc.org","code":"\#($0)"}"# }.joined(separator: ",")
        return #""code":{"coding":[\#(codings)]}"#
    }

    private static func value(_ value: String, _ more: String = "") -> String {
        #""valueQuantity":{"value":\#(value)\#(more),"unit":"u"}"#
    }

    private func fill(_ test: TestStore) async throws {
        let component = #"""
            "component":[{\#(Self.code("8480-6")),\#(Self.value("120"))},
              {\#(Self.code("8480-6", "8462-4")),\#(Self.value("110"))}]
            """#
        try await test.put([
            Self.observation("low", "\(Self.code("8867-4")),\(Self.value("10"))"),
            Self.observation("high", "\(Self.code("8867-4")),\(Self.value("90"))"),
            Self.observation("weight", "\(Self.code("29463-7")),\(Self.value("90"))"),
            Self.observation("pressure", "\(Self.code("85354-9")),\(component)"),
            Self.observation("above", "\(Self.code("8867-4")),\(Self.value("80", #","comparator":">""#))"),
            Self.observation("two", "\(Self.code("8867-4", "29463-7")),\(Self.value("95.5"))"),
        ])
        let counts = Self.counts.map { "('\($0.key)', \($0.value))" }.joined(separator: ", ")
        try await test.database.script(
            """
            WITH copied AS (
              INSERT INTO observation (id, version, method, updated, self, subj, keys, vq, vq_hi, content)
              SELECT id || '-' || n, 1, method, updated, self, subj, keys, vq, vq_hi, content
              FROM (VALUES \(counts)) c (kind, count) JOIN observation ON id = kind,
                LATERAL generate_series(2, count) n
              ORDER BY n, kind
              RETURNING rid, id)
            INSERT INTO observation_num (rid, param, ckey, lo, hi)
            SELECT copied.rid, s.param, s.ckey, s.lo, s.hi
            FROM copied JOIN observation o ON o.id = split_part(copied.id, '-', 1)
              JOIN observation_num s ON s.rid = o.rid;
            ANALYZE observation; ANALYZE observation_num
            """)
    }

    private static let questions: [(query: String, kinds: [String])] = [
        ("value-quantity=gt50", ["high", "weight", "above", "two"]),
        ("value-quantity=gt90", ["above", "two"]),
        ("value-quantity=ge90", ["high", "weight", "above", "two"]),
        ("value-quantity=lt50", ["low"]), ("value-quantity=le10", ["low"]), ("value-quantity=lt10", []),
        ("value-quantity=90", ["high", "weight"]), ("value-quantity=95.5", ["two"]),
        ("value-quantity=sa90", ["two"]), ("value-quantity=sa79", ["high", "weight", "above", "two"]),
        ("value-quantity=eb11", ["low"]), ("value-quantity=ap91", ["high", "weight", "above", "two"]),
        ("value-quantity=ne10", ["high", "weight", "above", "two"]),
        ("value-quantity=gt1000", ["above"]),
        ("value-quantity=10,95.5", ["low", "two"]), ("value-quantity=gt92,lt5", ["above", "two"]),
        ("component-value-quantity=gt100", ["pressure"]), ("component-value-quantity=gt120", []),
        ("component-value-quantity=120", ["pressure"]), ("combo-value-quantity=gt100", ["pressure", "above"]),
        ("combo-value-quantity=gt5", ["low", "high", "weight", "pressure", "above", "two"]),
        ("combo-value-quantity=95.5", ["two"]),
        ("code-value-quantity=8867-4$gt50", ["high", "above", "two"]),
        ("code-value-quantity=8867-4$lt50", ["low"]),
        ("code-value-quantity=8867-4$gt5", ["low", "high", "above", "two"]),
        ("code-value-quantity=http://loinc.org|29463-7$gt91", ["two"]),
        ("code-value-quantity=http://other.org|29463-7$gt91", []),
        ("code-value-quantity=29463-7$90", ["weight"]), ("code-value-quantity=none$90", []),
        ("code-value-quantity=8867-4$90,29463-7$95.5", ["high", "two"]),
        ("component-code-value-quantity=8480-6$gt100", ["pressure"]),
        ("component-code-value-quantity=8462-4$110", ["pressure"]),
        ("component-value-quantity=gt100,lt200", ["pressure"]),
        ("component-value-quantity=gt100&code=8867-4", []),
        ("component-value-quantity=gt100&code=85354-9", ["pressure"]),
        ("combo-code-value-quantity=8480-6$gt100", ["pressure"]),
        ("combo-code-value-quantity=8867-4$gt50", ["high", "above", "two"]),
        ("combo-code-value-quantity=8867-4$gt50,8480-6$gt100", ["high", "above", "two", "pressure"]),
        ("code=8867-4&value-quantity=gt50", ["high", "above", "two"]),
        ("code=http://loinc.org|29463-7&value-quantity=gt50", ["weight", "two"]),
        ("code=8867-4,29463-7&value-quantity=gt92", ["above", "two"]),
        ("code=8867-4&code=29463-7&value-quantity=gt50", ["two"]),
        ("value-quantity=gt50&value-quantity=lt92", ["high", "weight", "above"]),
        ("code:not=8867-4&value-quantity=gt50", ["weight"]),
        // Lists of one part alone are of no use, nor are the values bound for them.
        ("value-quantity=90,ne10", ["high", "weight", "above", "two"]),
        ("combo-value-quantity=95.5,120||mg", ["two"]),
        ("combo-value-quantity=95.5&value-quantity=gt1,gt5||mg", ["two"]),
    ]

    @Test func findsWhatRowsSay() async throws {
        try await TestStore.with(types: TestStore.searchTypes) { test in
            try await fill(test)
            for (query, kinds) in Self.questions {
                for sort in ["", "&_sort=_id", "&_sort=-value-quantity", "&_sort=-date"] {
                    let found = try await walk(test, query + sort)
                    var counts: [String: Int] = [:]
                    for id in found { counts[String(id.prefix { $0 != "-" }), default: 0] += 1 }
                    let expected = Self.counts.filter { kinds.contains($0.key) }
                    #expect(counts == expected, "\(query)\(sort)")
                    #expect(Set(found).count == found.count, "\(query)\(sort)")
                    if sort == "&_sort=_id" { #expect(found == found.sorted(), "\(query)\(sort)") }
                }
            }
        }
    }

    @Test func pagesGoBothWays() async throws {
        try await TestStore.with(types: TestStore.searchTypes) { test in
            try await fill(test)
            for query in [
                "code-value-quantity=8867-4$gt50", "combo-value-quantity=gt5", "component-value-quantity=gt100",
            ] {
                var request = try test.request("Observation", query + "&_count=20")
                var pages: [[String]] = []
                while pages.count < 3 {
                    let page = try await test.service().search(request, now: 0)
                    pages.append(page.matches.map(\.stamp.id))
                    if pages.count == 3 { request.cursor = page.previous } else { request.cursor = page.next }
                }
                let back = try await test.service().search(request, now: 0)
                #expect(back.matches.map(\.stamp.id) == pages[1], "\(query)")
            }
        }
    }

    /// What must be quick reads few rows: no scan of all of them when there is nothing to find.
    @Test func readsFewRows() async throws {
        try await TestStore.with(types: TestStore.searchTypes) { test in
            try await fill(test)
            try await test.database.script("VACUUM ANALYZE observation, observation_num")
            let queries = [
                "value-quantity=gt90", "combo-value-quantity=95.5", "code-value-quantity=29463-7$gt91",
                "combo-code-value-quantity=8867-4$gt85", "component-value-quantity=gt120", "combo-value-quantity=gt5",
            ]
            for query in queries {
                let request = try test.request("Observation", query)
                let predicate = PredicateBuilder(indexer: test.indexer, now: 0).predicate(for: request)
                let plan = SearchPlan(
                    predicate, request: request, cursor: nil, limit: 21,
                    index: test.indexer.index(of: request.type), tables: test.store.tables)
                #expect(plan.hasLists, "\(query)")
                let explain = SQLStatement("EXPLAIN (ANALYZE, TIMING OFF) " + plan.text, isPrepared: false)
                let result = try await test.database.withSession { try await $0.query(explain, plan.parameters) }
                let lines = (0..<result.rowCount).compactMap { result.string($0, 0) }
                let scans = lines.filter { $0.contains("Seq Scan") && !$0.contains("never executed") }
                #expect(scans.isEmpty, "\(query): \(lines.joined(separator: "\n"))")
            }
        }
    }

    /// Of those with a text, too, no more rows are read than a page shows.
    @Test func readsRowsWithATextInOrder() async throws {
        try await TestStore.with(types: TestStore.searchTypes) { test in
            let name = #""name":[{"family":"Ab%","given":["Abel","Cain"]}]"#
            try await test.put([#"{"resourceType":"Patient","id":"a","gender":"male",\#(name)}"#])
            try await test.database.script(
                """
                WITH copied AS (
                  INSERT INTO patient (id, version, method, updated, self, keys, content)
                  SELECT id || '-' || n, 1, method, updated, self, keys, content
                  FROM patient, LATERAL generate_series(2, 3000) n RETURNING rid)
                INSERT INTO patient_str (rid, param, ckey, norm)
                SELECT copied.rid, s.param, s.ckey, s.norm FROM copied, patient_str s;
                """)
            try await test.database.script("VACUUM ANALYZE patient, patient_str")
            for query in ["name=ab", "name=abel,cain", "name=ab&gender=male", "name=ab&family=ab"] {
                let request = try test.request("Patient", query)
                let predicate = PredicateBuilder(indexer: test.indexer, now: 0).predicate(for: request)
                let plan = SearchPlan(
                    predicate, request: request, cursor: nil, limit: 21,
                    index: test.indexer.index(of: request.type), tables: test.store.tables)
                let explain = SQLStatement("EXPLAIN (ANALYZE, TIMING OFF) " + plan.text, isPrepared: false)
                let result = try await test.database.withSession { try await $0.query(explain, plan.parameters) }
                let lines = (0..<result.rowCount).compactMap { result.string($0, 0) }
                let rows = lines.filter { $0.contains("on patient t") && !$0.contains("never executed") }
                let isFew = rows.allSatisfy { !$0.contains("Seq Scan") && $0.contains("loops=21)") }
                #expect(rows.isEmpty == false && isFew, "\(query): \(lines.joined(separator: "\n"))")
            }
            for (query, count) in [
                ("name=ab", 3000), ("name:exact=Abel", 3000), ("name=none", 0), ("name=cain,x", 3000),
            ] {
                let found = try await walk(test, query, of: "Patient")
                #expect(found.count == count && Set(found).count == count, "\(query)")
            }
        }
    }

    private func walk(
        _ test: TestStore, _ query: String, of type: String = "Observation"
    ) async throws -> [String] {
        var request = try test.request(type, query + "&_count=1000")
        var ids: [String] = []
        while true {
            let page = try await test.service().search(request, now: 0)
            ids += page.matches.map(\.stamp.id)
            guard let next = page.next else { return ids }
            request.cursor = next
        }
    }
}
