import FHIRFormats
import FHIRSearch
import FHIRStore
import FHIRStoreTesting
import PostgreSQL
import Synchronization
import Testing

/// Walks over 10,000 resources while others write (R4 search.html#Paging).
@Suite struct SearchWalkTests {
    private static let copyCount = 100
    private static let types = ["Observation", "Patient"]

    /// Every value repeats, some are missing, in steps that have no common divisor.
    private static func observation(_ number: Int, id: String? = nil) -> String {
        var members = [
            #""resourceType":"Observation","id":"\#(id ?? "o\(number)")","status":"final""#,
            #""code":{"coding":[{"system":"http://loinc.org","code":"c\#(number % 7)"}]}"#,
            #""subject":{"reference":"Patient/p\#(number % 3)"}"#,
        ]
        if number % 4 > 0 { members.append(#""effectiveDateTime":"20\#(10 + number % 9)-03-01""#) }
        if number % 5 > 0 {
            members.append(#""valueQuantity":{"value":\#(number % 6).50,"unit":"mg"}"#)
        } else if number % 10 > 0 {
            members.append(#""valueString":"\#(["Ähre", "ahn", "Bo", "bo", "Cy"][number / 5 % 5])""#)
        }
        return "{" + members.joined(separator: ",") + "}"
    }

    /// So many of each of a hundred resources, copied where they lie.
    private func fill(_ test: TestStore, copies: Int = copyCount) async throws {
        try await test.put(
            (0..<3).map {
                #"{"resourceType":"Patient","id":"p\#($0)","name":[{"family":"\#(["Zorn", "Adam", "Mai"][$0])"}]}"#
            })
        try await test.put((0..<100).map { Self.observation($0) })
        try await test.database.script(
            """
            CREATE TEMP TABLE copied AS SELECT o.rid AS old, o.id || '-' || n AS id
              FROM observation o, generate_series(1, \(copies - 1)) n ORDER BY n, o.rid;
            INSERT INTO observation (id, version, method, updated, self, subj, keys, date_lo, date_hi, vq, vq_hi,
                content)
              SELECT c.id, 1, method, updated, hashtextextended(c.id, 0), subj, keys, date_lo, date_hi, vq, vq_hi,
                content
              FROM copied c JOIN observation o ON o.rid = c.old;
            INSERT INTO observation_str (rid, param, ckey, norm)
              SELECT n.rid, s.param, s.ckey, s.norm FROM copied c JOIN observation n ON n.id = c.id
              JOIN observation_str s ON s.rid = c.old;
            DROP TABLE copied;
            ANALYZE observation, observation_str, patient;
            """)
    }

    /// Writes until told to stop: new resources, changes, deletions. Resources of the first ten in every hundred are
    /// touched, no others.
    private final class Writer: Sendable {
        private let state = Mutex((created: 0, isDone: false))

        var createdCount: Int { state.withLock(\.created) }
        func stop() { state.withLock { $0.isDone = true } }

        func run(_ test: TestStore) async throws {
            var round = 0
            while !state.withLock(\.isDone) {
                round += 1
                let number = state.withLock { state in
                    state.created += 1
                    return state.created
                }
                let new = SearchWalkTests.observation(number * 13, id: "new\(number)")
                _ = try await test.store.update(try test.input(new), id: "new\(number)")
                let touched = "o\(round % 10)-\(round / 10 % 90 + 1)"
                let changed = SearchWalkTests.observation(round * 31, id: touched)
                _ = try await test.store.update(try test.input(changed), id: touched)
                if round % 3 == 0 { _ = try await test.store.delete(test.type("Observation"), id: touched) }
            }
        }
    }

    private static let queries = [
        "", "_sort=date", "_sort=-date,code", "_sort=value-quantity,-date", "_sort=-value-string", "_sort=value-string",
        "_sort=code,-value-string,date", "_sort=-subject", "_sort=patient.family,-_id", "_sort=_lastUpdated",
        "_sort=-_lastUpdated,status", "_sort=-_id", "status=final&_sort=-value-quantity",
    ]

    @Test func `every row that nobody touches comes once, in any order`() async throws {
        try await TestStore.with(types: Self.types) { test in
            try await fill(test)
            let writer = Writer()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await writer.run(test) }
                for query in Self.queries {
                    try await expectWalk(test, query, writer, isBackward: false)
                }
                writer.stop()
                try await group.waitForAll()
            }
        }
    }

    /// The same rows in reverse, from the last page to the first.
    @Test func `previous pages lead back the same way`() async throws {
        try await TestStore.with(types: Self.types) { test in
            try await fill(test, copies: 10)
            for query in Self.queries + ["patient=p1", "patient=p1&_sort=-date", "patient=p1,p2&_sort=date,_id"] {
                let forward = try await walk(test, query + "&_count=290")
                var back: [[String]] = []
                var page = try await self.page(test, query + "&_count=290", cursor: forward.last)
                while let previous = page.previous {
                    page = try await self.page(test, query + "&_count=290", cursor: previous)
                    back.insert(page.matches.map(\.stamp.id), at: 0)
                }
                #expect(back == forward.pages.dropLast(), "\(query)")
                // Forward again from the first page's own link.
                let again = try await self.page(test, query + "&_count=290", cursor: page.next)
                #expect(again.matches.map(\.stamp.id) == forward.pages[1], "\(query)")
            }
        }
    }

    private func page(_ test: TestStore, _ query: String, cursor: String?) async throws -> SearchResultPage {
        var request = try test.request("Observation", query)
        request.cursor = cursor
        return try await test.service { $0.maximumCount = 5000 }.search(request, now: 0)
    }

    /// The ids page by page, and the cursor that led to the last.
    private func walk(_ test: TestStore, _ query: String) async throws -> (pages: [[String]], last: String?) {
        var pages: [[String]] = []
        var cursor: String?
        while pages.count < 100 {
            let page = try await page(test, query, cursor: cursor)
            pages.append(page.matches.map(\.stamp.id))
            guard let next = page.next else { break }
            cursor = next
        }
        return (pages, cursor)
    }

    private func expectWalk(
        _ test: TestStore, _ query: String, _ writer: Writer, isBackward: Bool
    ) async throws {
        var times: [String: Int] = [:]
        var cursor: String?
        var createdBefore = 0
        var totals: Set<Int?> = []
        repeat {
            let page = try await page(test, query + "&_count=2600&_total=accurate", cursor: cursor)
            if cursor == nil { createdBefore = writer.createdCount }
            for version in page.matches { times[version.stamp.id, default: 0] += 1 }
            totals.insert(page.total)
            cursor = page.next
        } while cursor != nil
        #expect(totals.count == 1 && totals.first != Int?.none, "\(query)")
        for number in 10..<100 {
            for copy in 0..<Self.copyCount {
                let id = copy == 0 ? "o\(number)" : "o\(number)-\(copy)"
                if times[id] != 1 { Issue.record("\(query): \(id) came \(times[id] ?? 0) times") }
            }
        }
        let late = times.keys.filter { Int($0.dropFirst(3)).map { $0 > createdBefore } ?? false && $0.hasPrefix("new") }
        #expect(late.isEmpty, "\(query): made after the first page")
        #expect(times.filter { $0.key.hasPrefix("new") }.allSatisfy { $0.value == 1 }, "\(query)")
    }
}
