import Testing

@testable import FHIRSearch

@Suite struct DateRangeTests {
    @Test(arguments: [
        "", "2013-", "2013-13", "2013-02-29", "2013-1-1", "13-01-01", "0000", "abc", "2013-01-14T", "2013-01-14T24:00Z",
        "2013-01-14T10", "2013-01-14T10:00:00.Z", "2013-01-14T10:00+1", "2013-01-14T10:00Zx", "2013-01-14T10:60Z",
    ])
    func malformedDatesAreRefused(text: String) {
        #expect(DateRange(text) == nil)
    }

    @Test(
        arguments: [
            ("1970", 0, 365 * 86_400_000_000), ("1970-01", 0, 31 * 86_400_000_000),
            ("1970-01-02", 86_400_000_000, 172_800_000_000),
            ("1970-01-01T00:01", 60_000_000, 120_000_000), ("1970-01-01T00:00:01Z", 1_000_000, 2_000_000),
            ("1970-01-01T00:00:00.5Z", 500_000, 600_000), ("1970-01-01T00:00:00.123456789Z", 123_456, 123_457),
            ("1970-01-01T01:00:00+01:00", 0, 1_000_000), ("1970-01-01T01:00:00 01:00", 0, 1_000_000),
            ("1969-12-31T23:30-05:00", 16_200_000_000, 16_260_000_000),
            ("2000-02-29", 951_782_400_000_000, 951_868_800_000_000),
        ] as [(String, Int64, Int64)])
    func spansByPrecision(text: String, low: Int64, high: Int64) {
        #expect(DateRange(text) == DateRange(low: low, high: high))
    }
}

@Suite struct DecimalTextTests {
    @Test(arguments: ["", "-", "1.", ".5", "1e", "1e1000", "0x1", "NaN", "1 ", "--1", "1e+", "١"])
    func malformedNumbersAreRefused(text: String) {
        #expect(DecimalText(text) == nil)
    }

    @Test(arguments: [
        ("100", "995e-1", "1005e-1"), ("100.00", "99995e-3", "100005e-3"), ("1e2", "95e0", "105e0"),
        ("5.40e-3", "5395e-6", "5405e-6"), ("-2", "-25e-1", "-15e-1"), ("0", "-5e-1", "5e-1"), ("+1", "5e-1", "15e-1"),
    ])
    func boundsFollowThePrecision(text: String, low: String, high: String) throws {
        let bounds = try #require(DecimalText(text)).impliedBounds
        #expect(bounds.low == low)
        #expect(bounds.high == high)
    }

    @Test func neighboursAndTolerance() throws {
        let five = try #require(DecimalText("5"))
        #expect(five.nudged(up: false) == "49999999999995e-13")
        #expect(five.nudged(up: true) == "50000000000005e-13")
        #expect(five.approximateBounds == ("45e-1", "55e-1"))
        #expect(try #require(DecimalText("-10")).approximateBounds == ("-110e-1", "-90e-1"))
    }
}

@Suite struct TextFoldingTests {
    @Test(arguments: [
        ("Müller", "muller"), ("MU\u{0308}LLER", "muller"), ("Straße", "strasse"),
        ("  van \t der  Berg ", "van der berg"),
        ("ISTANBUL", "istanbul"), ("İstanbul", "istanbul"), ("Iğdır", "igdir"),
        ("Łódź", "lodz"), ("Ærø", "aero"),
        ("李", "李"), ("O'Brien", "o'brien"), ("", ""),
    ])
    func foldsCaseAccentsAndBlanks(text: String, expected: String) {
        #expect(String(decoding: TextFolding.normalized(text), as: UTF8.self) == expected)
    }

    @Test func longTextIsCut() {
        #expect(TextFolding.normalized(String(repeating: "a", count: 5000)).count <= TextFolding.maximumByteCount)
        #expect(TextFolding.normalized(String(repeating: "é", count: 5000)).count <= TextFolding.maximumByteCount)
    }
}
