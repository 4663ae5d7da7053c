@testable import ClinicPeople
import Testing

/// Slips of the pen in birth dates.
struct BirthDayTests {
    @Test(
        "what may be meant by a date is told of two dates as it is listed of one",
        arguments: ["1980-02-28", "1999-12-12", "2000-01-31"])
    func listedAndCompared(_ text: String) throws {
        let one = try #require(BirthDay(text))
        let slips = one.slips
        #expect(slips.count > 10)
        for year in (one.year - 101)...(one.year + 101) {
            for month in 1...12 {
                for day in 1...31 {
                    let other = try #require(BirthDay("\(year)-\(month)-\(day)"))
                    guard other != one, slips.contains(other) != (one.likeness(other) == .slip) else { continue }
                    Issue.record("\(other.text) is a slip of \(text) by one account only")
                }
            }
        }
    }
}
