import FHIRFormats
import FHIRSearch
import FHIRStoreTesting
@testable import PostgreSQL
import Testing

@testable import FHIRStore

/// How searches in the order of the main date are planned and paged.
@Suite struct SearchDateOrderTests {
    // MARK: - Plans

    /// What PostgreSQL did for one search.
    private struct Plan {
        var text: String
        /// Rows that scans gave or threw away.
        var rowsRead = 0

        init(_ lines: [String]) {
            text = lines.joined(separator: "\n")
            for line in lines {
                if line.contains("Scan"), let range = line.firstRange(of: "actual rows=") {
                    rowsRead += Self.number(line[range.upperBound...])
                } else if let range = line.firstRange(of: "Rows Removed by Filter: ") {
                    rowsRead += Self.number(line[range.upperBound...])
                }
            }
        }

        private static func number(_ text: Substring) -> Int { Int(text.prefix { $0.isNumber }) ?? 0 }
    }

    /// One patient has 3,000 of 15,000 Observations. Statistics are from before the third came that has no date.
    private func fill(_ test: TestStore) async throws {
        func observation(_ id: String, _ patient: String, _ code: String, _ category: String) -> String {
            #"""
            {"resourceType":"Observation","id":"\#(id)","subject":{"reference":"Patient/\#(patient)"},
             "code":{"coding":[{"code":"\#(code)"}]},"category":[{"coding":[{"code":"\#(category)"}]}],
             "effectiveDateTime":"2014-01-01"}
            """#
        }
        try await test.put([
            observation("m1", "much", "common", "lab"), observation("m2", "much", "common", "vital"),
            observation("m3", "much", "half", "lab"),
        ])
        try await test.put((0..<12).map { observation("l\($0)", "little\($0)", "common", "lab") })
        func copy(_ ids: String, _ numbers: ClosedRange<Int>, date: String) async throws {
            try await test.database.script(
                """
                INSERT INTO observation (id, version, method, updated, self, subj, keys, date_lo, date_hi, content)
                SELECT id || '-' || n, 1, method, updated, self, subj, keys, d, d + interval '1 s', content
                FROM observation, generate_series(\(numbers.lowerBound), \(numbers.upperBound)) n,
                  LATERAL (SELECT \(date)::timestamptz AS d) x
                WHERE id LIKE '\(ids)%' AND id NOT LIKE '%-%'
                """)
        }
        let date = "(timestamptz '2015-01-01' + interval '1 day' * (n * 37 % 3000))"
        try await copy("m", 1...900, date: date)
        try await copy("l", 1...600, date: date)
        try await test.database.script("ANALYZE observation")
        try await copy("m", 1001...1100, date: "NULL")
        try await copy("l", 1001...1400, date: "NULL")
    }

    private func plan(
        _ session: Session, _ test: TestStore, _ query: String, cursor: SearchCursor? = nil
    ) async throws -> Plan {
        let request = try test.request("Observation", query)
        let plan = SearchPlan(
            PredicateBuilder(indexer: test.indexer, now: 0).predicate(for: request), request: request, cursor: cursor,
            limit: 21, index: test.indexer.index(of: request.type), tables: test.store.tables)
        let literals = plan.parameters.literals
        let types = literals.map(\.type).joined(separator: ", ")
        let values = literals.map(\.value).joined(separator: ", ")
        try await session.execute("PREPARE question (\(types)) AS \(plan.text)")
        let explain = "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) EXECUTE question (\(values))"
        let result = try await session.query(SQLStatement(explain, isPrepared: false), SQLParameters())
        try await session.execute("DEALLOCATE question")
        return Plan((0..<result.rowCount).map { result.string($0, 0) ?? "" })
    }

    private static let middle = SearchCursor(values: ["2019-01-01 00:00:00+00"], rid: 100_000)
    private static let tail = SearchCursor(values: [nil], rid: 10_000)

    /// Generic plans are what prepared statements get; external databases come with dear random pages.
    @Test func `one patient's rows are walked in order`() async throws {
        try await TestStore.with(types: ["Observation"]) { test in
            try await fill(test)
            try await test.database.withSession { session in
                for (mode, pageCost) in [
                    ("force_generic_plan", "1.1"), ("force_generic_plan", "4"), ("force_custom_plan", "1.1"),
                    ("force_custom_plan", "4"),
                ] {
                    try await session.execute("SET plan_cache_mode = \(mode); SET random_page_cost = \(pageCost)")
                    try await expectWalks(session, test)
                }
            }
        }
    }

    private func expectWalks(_ session: Session, _ test: TestStore) async throws {
        for query in ["patient=much", "patient=much&code=common", "patient=much&category=lab,none"] {
            for (sort, cursor) in [
                ("-date", nil), ("date", nil), ("-date", Self.middle), ("date", Self.middle),
                ("-date", Self.tail), ("", nil), ("", Self.middle),
            ] {
                let plan = try await plan(session, test, "\(query)&_sort=\(sort)", cursor: cursor)
                let comment = Comment(rawValue: "\(query) \(sort) \(String(describing: cursor))\n\(plan.text)")
                #expect(plan.text.contains("using observation_subj_date_lo_rid_idx"), comment)
                #expect(!plan.text.contains("observation_date_lo_rid_idx"), comment)
                #expect(!plan.text.contains("Sort"), comment)
                #expect(plan.rowsRead <= 100, comment)
            }
        }
        let plan = try await plan(session, test, "patient=little1&date=gt2023-03-01&_sort=date")
        #expect(!plan.text.contains("observation_date_lo_rid_idx"), "\(plan.text)")
    }

    @Test func `all rows are walked in order`() async throws {
        try await TestStore.with(types: ["Observation"]) { test in
            try await fill(test)
            try await test.database.script("ANALYZE observation")
            try await test.database.withSession { session in
                for query in ["_sort=-date", "_sort=date", "code=common&_sort=-date", "code=common&_sort=date"] {
                    for cursor in [nil, Self.middle] {
                        let plan = try await plan(session, test, query, cursor: cursor)
                        #expect(plan.text.contains("using observation_date_lo_rid_idx"), "\(plan.text)")
                        #expect(!plan.text.contains("Seq Scan"), "\(plan.text)")
                        #expect(plan.rowsRead <= 100, "\(plan.text)")
                    }
                }
                let window = "date=ge2016-02-01&date=lt2016-02-08"
                for query in [window, window + "&_sort=-date", window + "&_sort=date"] {
                    let plan = try await plan(session, test, query)
                    #expect(plan.text.contains("observation_date_lo_rid_idx"), "\(plan.text)")
                    #expect(plan.rowsRead <= 200, "\(plan.text)")
                }
            }
        }
    }

    // MARK: - Pages

    /// Dates repeat, every fourth is missing.
    private static func observation(_ number: Int) -> String {
        let date = number % 4 == 0 ? "" : #","effectiveDateTime":"20\#(10 + number * 7 % 5)-03-01""#
        return #"""
            {"resourceType":"Observation","id":"o\#(number)","code":{"coding":[{"code":"c\#(number % 2)"}]},
             "subject":{"reference":"Patient/\#(number % 3 == 0 ? "a" : "b")"}\#(date)}
            """#
    }

    @Test func `pages follow the date, missing ones last`() async throws {
        let queries = [
            "", "patient=b", "patient=a,b", "patient=b&code=c1", "code=c1", "code=c0,c1", "date=ge2012",
            "patient=b&date=lt2013", "_id=o1,o2,o4,o5,o8,o11", "date:missing=true", "patient=b&date:missing=false",
            "patient=b&identifier:missing=true",
        ]
        try await TestStore.with(types: ["Observation"]) { test in
            try await test.put((1...36).map(Self.observation))
            for query in queries {
                let all = try await test.search("Observation", query + "&_count=100").matches.map(\.stamp.id)
                #expect(!all.isEmpty, "\(query)")
                for sort in ["-date", "date"] {
                    let expected = all.compactMap { Int($0.dropFirst()) }
                        .sorted { Self.stands($0, before: $1, isDescending: sort == "-date") }
                    let seen = try await ids(test, "\(query)&_sort=\(sort)&_count=4")
                    #expect(seen == expected.map { "o\($0)" }, "\(query) \(sort)")
                }
            }
        }
    }

    private func ids(_ test: TestStore, _ query: String) async throws -> [String] {
        var request = try test.request("Observation", query)
        var ids: [String] = []
        for _ in 0..<20 {
            let page = try await test.service().search(request, now: 0)
            ids += page.matches.map(\.stamp.id)
            request.cursor = page.next
            if page.next == nil { break }
        }
        return ids
    }

    private static func stands(_ left: Int, before right: Int, isDescending: Bool) -> Bool {
        let sign = isDescending ? -1 : 1
        if (left % 4 == 0) != (right % 4 == 0) { return right % 4 == 0 }
        let (first, second) = (left * 7 % 5 * sign, right * 7 % 5 * sign)
        return left % 4 != 0 && first != second ? first < second : left * sign < right * sign
    }
}

extension SQLParameters {
    /// The values as SQL, for `EXECUTE`, which takes no others.
    fileprivate var literals: [(type: String, value: String)] {
        entries.map { entry in
            let bytes = storage[Int(entry.offset)...].prefix(Int(entry.byteCount))
            func integer(_ start: Int) -> Int64 {
                bytes.dropFirst(start).prefix(8).reduce(0) { $0 << 8 | Int64($1) }
            }
            guard entry.isBinary else { return ("unknown", "'\(String(decoding: bytes, as: UTF8.self))'") }
            switch entry.type {
            case PostgreSQLType.int8: return ("bigint", "\(integer(0))")
            case PostgreSQLType.timestamptz:
                return ("timestamptz", "timestamptz '2000-01-01Z' + \(integer(0)) * interval '1 us'")
            default:
                // bigint[]: dimensions, flags, type, length and first index, then each value behind its own length.
                let values = stride(from: 24, to: bytes.count, by: 12).map { "\(integer($0))" }
                return ("bigint[]", "'{\(values.joined(separator: ","))}'")
            }
        }
    }
}
