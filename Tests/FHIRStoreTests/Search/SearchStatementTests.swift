import FHIRSearch
import FHIRStoreTesting
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
            #expect(patient.text.contains("t.subj = $1::bigint AND (t.keys @> $2::bigint[]) IS TRUE"))
            #expect(patient.text.contains("WHERE t.date_lo IS NOT NULL"))
            let codes = try plan(test, "Observation", "code=x&category=y&_sort=-date")
            #expect(!codes.isSelective)
            #expect(codes.text.contains("WHERE t.date_lo IS NOT NULL AND t.keys @> $1::bigint[]"))
            let anyCode = try plan(test, "Observation", "code=x,y&category=z")
            #expect(anyCode.text.contains("t.keys @> $2::bigint[] AND (t.keys && $1::bigint[]) IS TRUE"))
            let identifier = try plan(test, "Patient", "identifier=a|b&gender=male&_sort=birthdate")
            #expect(identifier.isSelective)
            #expect(identifier.text.contains("t.keys @> $1::bigint[] AND (t.keys @> $2::bigint[]) IS TRUE"))
            #expect(identifier.text.contains("(t.rid + 0)"))
            let name = try plan(test, "Patient", "name=a&gender=male")
            #expect(name.text.contains("(t.keys @> $4::bigint[]) IS TRUE"))
        }
    }

    @Test(arguments: [
        ("Observation", "patient=A&code=x", "patient=B&code=y"), ("Patient", "identifier=a|b", "identifier=c|d"),
        ("Patient", "_id=a", "_id=b,c,d"), ("Patient", "name=a&_sort=birthdate", "name=bcd&_sort=birthdate"),
        ("Observation", "code=x,y,z&date=ge2020", "code=v,w&date=ge2021-03"),
    ])
    func statementsDependOnTheShapeOnly(type: String, left: String, right: String) async throws {
        try await TestStore.with(types: TestStore.searchTypes) { test in
            let texts = (try plan(test, type, left).text, try plan(test, type, right).text)
            #expect(texts.0 == texts.1)
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
