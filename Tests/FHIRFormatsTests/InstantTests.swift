import FHIRFormats
import Testing

@Suite struct InstantTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"),
        (1_706_689_530_123_999, "2024-01-31T08:25:30.123Z"),
        (951_782_400_000_000, "2000-02-29T00:00:00.000Z"),
        (-1000, "1969-12-31T23:59:59.999Z"),
        (-62_135_596_800_000_000, "0001-01-01T00:00:00.000Z"),
        (253_402_300_799_999_000, "9999-12-31T23:59:59.999Z"),
    ])
    func `an instant is written in UTC to the millisecond`(microseconds: Int64, text: String) {
        #expect(Instant(microsecondsSince1970: microseconds).text == text)
    }

    @Test func `the first day of 1970 was a Thursday`() {
        #expect(Instant(microsecondsSince1970: 0).components.weekday == 4)
        #expect(Instant(microsecondsSince1970: -1).components.weekday == 3)
    }
}
