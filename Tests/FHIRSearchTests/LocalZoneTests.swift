import FHIRDefinitions
import JSONTape
import Testing

@testable import FHIRSearch

@Suite struct LocalZoneTests {
    /// Oslo in 2024: summer time from 31 March 01:00 UTC to 27 October 01:00 UTC.
    private static let oslo = LocalZone(
        offset: 3600,
        transitions: [
            LocalZone.Transition(moment: 1_711_846_800, offset: 7200),
            LocalZone.Transition(moment: 1_729_990_800, offset: 3600),
        ])

    @Test(arguments: [
        ("2024-01-01T00:00:00", "2023-12-31T23:00:00Z"), ("2024-03-31T01:59:59", "2024-03-31T00:59:59Z"),
        ("2024-03-31T03:00:00", "2024-03-31T01:00:00Z"), ("2024-07-01T12:00:00", "2024-07-01T10:00:00Z"),
        // The hour that is skipped is read by the clock before.
        ("2024-03-31T02:30:00", "2024-03-31T01:30:00Z"),
        // Of the hour that comes twice, the first.
        ("2024-10-27T02:30:00", "2024-10-27T00:30:00Z"), ("2024-10-27T03:00:00", "2024-10-27T02:00:00Z"),
        ("2024-12-24T18:00:00", "2024-12-24T17:00:00Z"),
        // What names its zone is not touched.
        ("2024-07-01T12:00:00Z", "2024-07-01T12:00:00Z"), ("2024-07-01T12:00:00-05:00", "2024-07-01T17:00:00Z"),
    ])
    func localTimes(_ local: String, _ utc: String) {
        #expect(DateRange(local, zone: Self.oslo) == DateRange(utc))
    }

    @Test(arguments: [
        ("2024-03-31", "2024-03-30T23:00:00Z", "2024-03-31T22:00:00Z"),
        ("2024-10-27", "2024-10-26T22:00:00Z", "2024-10-27T23:00:00Z"),
        ("2024", "2023-12-31T23:00:00Z", "2024-12-31T23:00:00Z"),
        ("2024-07", "2024-06-30T22:00:00Z", "2024-07-31T22:00:00Z"),
    ])
    func localDays(_ day: String, _ low: String, _ high: String) {
        let range = DateRange(day, zone: Self.oslo)
        #expect(range?.low == DateRange(low)?.low)
        #expect(range?.high == DateRange(high)?.low)
    }

    /// Stored and asked values are read alike.
    @Test func indexAndSearchShareTheZone() throws {
        let indexer = SearchIndexer(definitions: .r4, zone: LocalZone(offset: -5 * 3600))
        let type = try #require(indexer.definitions.resourceType(named: "Observation"))
        let document = try Document.parse(#"{"resourceType":"Observation","effectiveDateTime":"2024-01-01T23:30:00"}"#)
        let entries = indexer.entries(for: JSONNode(document), type: type, id: "x")
        #expect(entries.dateLow == DateRange("2024-01-02T04:30:00Z")?.low)
        let request = try SearchRequest.parse(
            type: type, pairs: [("date", "2024-01-01")], handling: .strict, indexer: indexer)
        guard case .parameter(let criterion)? = request.criteria.first,
            case .date(_, let range)? = criterion.values.first
        else {
            Issue.record("no date")
            return
        }
        #expect(range.low == DateRange("2024-01-01T05:00:00Z")?.low)
    }
}
