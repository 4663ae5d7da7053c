import FHIRModel
import Testing

@Suite("Dates and times")
struct FHIRDatesTests {
    @Test(arguments: [
        "", "2020-", "20", "2020-13", "2020-00", "2021-02-29", "1900-02-29", "2020-04-31", "2020-01-01T", "0000",
        "2020-01-01T10:00:00Z", "2020-1-1", "2020-01-01 ",
    ])
    func noDates(text: String) { #expect(FHIRDate(text) == nil) }

    @Test(arguments: [
        "2020-01T10:00:00Z", "2020-01-01T10:00Z", "2020-01-01T10:00:00", "2020-01-01T24:00:00Z",
        "2020-01-01T10:60:00Z", "2020-01-01T10:00:61Z", "2020-01-01T10:00:00.Z", "2020-01-01T10:00:00+14:01",
        "2020-01-01T10:00:00+1:00", "2020-01-01T10:00:00z",
    ])
    func noDateTimes(text: String) { #expect(FHIRDateTime(text) == nil) }

    @Test(arguments: ["2020", "2020-01-01", "2020-01-01T10:00:00"])
    func noInstants(text: String) { #expect(FHIRInstant(text) == nil) }

    @Test(arguments: ["24:00:00", "10:00", "10:00:00Z", "T10:00:00"])
    func noTimes(text: String) { #expect(FHIRTime(text) == nil) }

    @Test(arguments: [
        ("2020", TemporalParts.Precision.year, Int64(1_577_836_800)), ("2020-02", .month, 1_580_515_200),
        ("2020-02-29", .day, 1_582_934_400), ("1969-12-31", .day, -86_400), ("1970-01-01", .day, 0),
        ("2015-02-07T13:28:17-05:00", .second, 1_423_333_697), ("2000-01-01T00:00:00Z", .second, 946_684_800),
        ("0001-01-01", .day, -62_135_596_800),
    ])
    func partsOfDateTimes(text: String, precision: TemporalParts.Precision, seconds: Int64) throws {
        let value = try #require(FHIRDateTime(text))
        #expect(value.text == text)
        #expect(value.parts.precision == precision)
        #expect(value.parts.microseconds == seconds * 1_000_000)
    }

    @Test func fractionsAndZones() throws {
        let value = try #require(FHIRInstant("2015-02-07T13:28:17.239123-05:30"))
        #expect(value.parts.nanosecond == 239_123_000)
        #expect(value.parts.offsetMinutes == -330)
        #expect(value.parts.microseconds % 1_000_000 == 239_123)
        #expect(try #require(FHIRTime("08:05:03.5")).parts.nanosecond == 500_000_000)
        #expect(FHIRDateTime("2016-12-31T23:59:60Z") != nil, "a leap second")
        #expect(FHIRDateTime("2020-01-01T10:00:00.123456789012Z") != nil)
    }

    @Test func textMakesTheValue() throws {
        #expect(FHIRDateTime("2020-01-01T10:00:00Z") != FHIRDateTime("2020-01-01T10:00:00+00:00"))
        #expect(FHIRDateTime("2020") == FHIRDateTime("2020"))
    }
}
