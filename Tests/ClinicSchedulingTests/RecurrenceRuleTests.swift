import Clinic
import Testing

@testable import ClinicScheduling

/// Days of rules of repetition (RFC 5545 §3.3.10).
@Suite struct RecurrenceRuleTests {
    @Test(arguments: [
        ("FREQ=DAILY;COUNT=3", "2030-05-06", ["2030-05-06", "2030-05-07", "2030-05-08"]),
        ("RRULE:FREQ=DAILY;INTERVAL=10;UNTIL=20300526", "2030-05-06", ["2030-05-06", "2030-05-16", "2030-05-26"]),
        (
            "FREQ=WEEKLY;BYDAY=MO,TH;COUNT=4", "2030-05-06",
            ["2030-05-06", "2030-05-09", "2030-05-13", "2030-05-16"]
        ),
        ("FREQ=WEEKLY;INTERVAL=2;COUNT=3", "2030-05-08", ["2030-05-08", "2030-05-22", "2030-06-05"]),
        ("FREQ=MONTHLY;COUNT=3", "2030-01-31", ["2030-01-31", "2030-03-31", "2030-05-31"]),
        ("FREQ=MONTHLY;BYDAY=-1FR;COUNT=3", "2030-05-31", ["2030-05-31", "2030-06-28", "2030-07-26"]),
        ("FREQ=MONTHLY;BYDAY=2TU;COUNT=2", "2030-05-14", ["2030-05-14", "2030-06-11"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=2", "2030-01-31", ["2030-01-31", "2030-02-28"]),
        ("FREQ=YEARLY;COUNT=2", "2028-02-29", ["2028-02-29", "2032-02-29"]),
        ("FREQ=DAILY;BYDAY=SA;COUNT=2", "2030-05-04", ["2030-05-04", "2030-05-11"]),
    ])
    func daysOfRules(_ rule: String, _ first: String, _ expected: [String]) throws {
        let start = try #require(CivilDate(first))
        let dates = try RecurrenceRule(rule, place: nil).dates(from: start)
        #expect(dates.map(\.text) == expected)
    }

    @Test(arguments: [("2030-05-06", 1), ("2030-05-12", 7), ("1970-01-01", 4), ("1969-12-31", 3), ("2000-02-29", 2)])
    func weekdays(_ text: String, _ expected: Int) throws {
        let date = try #require(CivilDate(text))
        #expect(date.weekday == expected)
        #expect(date.text == text)
    }

    @Test(arguments: ["2030-02-30", "2030-13-01", "2030-1-01", "x", ""])
    func daysThatAreNone(_ text: String) { #expect(CivilDate(text) == nil) }
}
