import Glibc

/// PostgreSQL's text form of a time in UTC, such as `2026-10-05 09:12:33.123+00`.
enum CivilTime {
    static var now: Int { time(nil) }

    /// Whole seconds since 1970; nil if it is no such text.
    static func secondsSince1970(_ text: String) -> Int? {
        guard text.utf8.count >= 22, text.hasSuffix("+00") else { return nil }
        let numbers = text.prefix(19).split { !$0.isNumber }.compactMap { Int($0) }
        guard numbers.count == 6 else { return nil }
        let days = daysSince1970(year: numbers[0], month: numbers[1], day: numbers[2])
        return ((days * 24 + numbers[3]) * 60 + numbers[4]) * 60 + numbers[5]
    }

    /// Counts from March on, so that the leap day comes last.
    private static func daysSince1970(year: Int, month: Int, day: Int) -> Int {
        let marchYear = month > 2 ? year : year - 1
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return marchYear * 365 + marchYear / 4 - marchYear / 100 + marchYear / 400 + dayOfYear - 719_468
    }
}
