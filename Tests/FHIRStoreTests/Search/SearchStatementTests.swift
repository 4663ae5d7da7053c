import FHIRSearch
import FHIRStoreTesting
@testable import PostgreSQL
import Testing

@testable import FHIRStore

/// The shapes of SQL that searches are written in: what drives, what filters.
@Suite struct SearchStatementTests {
    private func plan(
        _ test: TestStore, _ type: String, _ query: String, cursor: SearchCursor? = nil
    ) throws -> SearchPlan {
        let request = try test.request(type, query)
        return SearchPlan(
            PredicateBuilder(indexer: test.indexer, now: 0).predicate(for: request), request: request, cursor: cursor,
            limit: 11, index: test.indexer.index(of: request.type), tables: test.store.tables)
    }

    @Test func driversAndFilters() async throws {
        try await TestStore.with(types: TestStore.searchTypes) { test in
            let patient = try plan(test, "Observation", "patient=1&code=x&category=y&_sort=-date")
            #expect(patient.isSelective)
            #expect(patient.text.contains("t.subj = $1::bigint AND coalesce(t.keys @> $2::bigint[], false)"))
            #expect(patient.text.contains("ORDER BY s1 DESC NULLS LAST, srid DESC LIMIT"))
            #expect(!patient.text.contains("rid > 0"))
            let upwards = try plan(test, "Observation", "patient=1&_sort=date")
            #expect(upwards.text.contains("WHERE t.date_lo IS NOT NULL AND t.subj = $1"))
            #expect(upwards.text.contains("ORDER BY s1 NULLS FIRST, srid LIMIT"))
            let codes = try plan(test, "Observation", "code=x&category=y&_sort=-date")
            #expect(!codes.isSelective)
            #expect(codes.text.contains("WHERE t.keys @> $1::bigint[] AND t.rid > 0"))
            let anyCode = try plan(test, "Observation", "code=x,y&category=z")
            #expect(anyCode.text.contains("t.keys @> $2::bigint[] AND (t.keys && $1::bigint[]) IS TRUE"))
            let identifier = try plan(test, "Patient", "identifier=a|b&gender=male&_sort=birthdate")
            #expect(identifier.isSelective)
            #expect(identifier.text.contains("t.keys @> $1::bigint[] AND (t.keys @> $2::bigint[]) IS TRUE"))
            #expect(identifier.text.contains("(t.rid + 0)"))
            let name = try plan(test, "Patient", "name=a&gender=male")
            #expect(name.text.contains(#/\(t\.keys @> \$\d+::bigint\[\]\) IS TRUE/#))
            #expect(name.text.hasPrefix("WITH hits AS") && !name.hasLists)
            #expect(try plan(test, "Patient", "name=a&_sort=birthdate").text.contains("t.rid IN (SELECT s.rid"))
        }
    }

    /// Absence is an anti-join, a chain to targets that nothing finds is asked from this side.
    @Test func absenceAndWideChains() async throws {
        try await TestStore.with(types: TestStore.searchTypes) { test in
            let absent = try plan(test, "Patient", "name:missing=true")
            #expect(absent.text.contains(#"NOT EXISTS (SELECT FROM "patient_str" s WHERE s.rid = t.rid AND"#))
            #expect(!absent.text.contains(" IN ("))
            let neither = try plan(test, "Patient", "_filter=not (name co a or birthdate pr true)")
            #expect(neither.text.contains("NOT EXISTS"))
            #expect(neither.text.contains("(t.date_lo IS NOT NULL) IS NOT TRUE"))
            let found = try plan(test, "Observation", "patient.name=a")
            #expect(found.text.contains("t.subj = ANY(ARRAY(SELECT t1.self"))
            let wide = try plan(test, "Observation", "patient.gender:not=male")
            #expect(wide.text.contains(#"t.subj IN (SELECT t1.self FROM "patient" t1 WHERE"#))
            let rows = try plan(test, "Patient", "organization.name=a")
            #expect(rows.text.contains("t.rid = ANY(ARRAY(SELECT r.rid FROM (SELECT t1.self"))
            let few = try plan(test, "Patient", "identifier=a|b&organization.name=a")
            #expect(few.text.contains("t.keys && ARRAY(SELECT f.self #"))
            let keyed = try plan(test, "Patient", "organization.name:missing=true")
            #expect(keyed.text.contains("EXISTS (SELECT FROM unnest(t.keys) k"))
            let below = try plan(test, "Encounter", "location:below=1")
            #expect(below.text.contains("WITH RECURSIVE"))
        }
    }

    @Test(arguments: [
        ("Observation", "patient=A&code=x", "patient=B&code=y"), ("Patient", "identifier=a|b", "identifier=c|d"),
        ("Patient", "_id=a", "_id=b,c,d"), ("Patient", "name=a&_sort=birthdate", "name=bcd&_sort=birthdate"),
        ("Observation", "code=x,y,z&date=ge2020", "code=v,w&date=ge2021-03"),
        ("Observation", "code:text=ab", "code:text=c d e"), ("ValueSet", "url:below=http://a", "url:below=http://b/c"),
        ("Encounter", "location:above=1", "location:above=2"),
    ])
    func statementsDependOnTheShapeOnly(type: String, left: String, right: String) async throws {
        try await TestStore.with(types: TestStore.searchTypes) { test in
            let texts = (try plan(test, type, left).text, try plan(test, type, right).text)
            #expect(texts.0 == texts.1)
        }
    }

    /// The shapes whose text is kept: two searches of one shape have one text, and the short way binds the same.
    @Test func shapesStandForTheirTexts() async throws {
        try await TestStore.with(types: TestStore.searchTypes) { test in
            var texts: [UInt64: String] = [:]
            for (type, query, isKept) in [
                ("Patient", "identifier=a|b", true), ("Patient", "identifier=c|d", true),
                ("Patient", "identifier=a|b&gender=male", true), ("Patient", "gender=male&identifier=a|b", true),
                ("Patient", "identifier=a|b&identifier=c|d", true), ("Patient", "gender=male", false),
                ("Patient", "identifier=a|b,c|d", false), ("Patient", "identifier=a|b&_sort=birthdate", true),
                ("Patient", "identifier=a|b&_sort=family", false), ("Observation", "identifier=a|b", true),
                ("Observation", "patient=a", true), ("Observation", "patient=a&code=x", true),
                ("Observation", "code=x&patient=a", true), ("Observation", "patient=a&code=x&category=y", true),
                ("Observation", "patient=a&code=x&_sort=date", true), ("Observation", "patient=a&code=x,y", false),
                ("Observation", "patient=a&code=x&_sort=-date", true), ("Observation", "patient=b&code=z", true),
                ("Observation", "identifier=q&patient=a", true), ("Observation", "patient=a&date=2020", false),
                ("Observation", "patient=a,b", false), ("Observation", "patient=a&_sort=-date,code", false),
            ] {
                let request = try test.request(type, query)
                let predicate = PredicateBuilder(indexer: test.indexer, now: 0).predicate(for: request)
                let index = test.indexer.index(of: request.type)
                let shape = SearchShape(predicate, request: request, cursor: nil, index: index)
                #expect((shape != nil) == isKept, "\(type)?\(query)")
                guard let shape else { continue }
                let plan = try plan(test, type, query)
                #expect(plan.isSelective)
                #expect(texts[shape.code, default: plan.text] == plan.text, "\(type)?\(query)")
                texts[shape.code] = plan.text
                let short = shape.parameters(limit: 11)
                #expect(short.storage == plan.parameters.storage)
                #expect(short.entries.map(\.type) == plan.parameters.entries.map(\.type))
            }
        }
    }

    @Test func noOffsetAnywhere() async throws {
        try await TestStore.with(types: TestStore.searchTypes) { test in
            let cursor = SearchCursor(values: ["2020-01-01", nil], rid: 7)
            let text = try plan(test, "Patient", "_sort=birthdate,family", cursor: cursor).text
            #expect(!text.uppercased().contains("OFFSET"))
        }
    }

    @Test func cursorsSurviveTheirText() throws {
        let bytes: [[UInt8]] = [[], [0], [1, 2], [255, 0, 7], Array("Ähnlich\u{1F}x".utf8)]
        for bytes in bytes { #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes) }
        for text in ["=", "a", "ab c", "AB"] { #expect(Base64URL.decode(text) == nil || text == "AB") }
    }
}
