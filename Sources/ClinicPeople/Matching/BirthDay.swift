/// A birth date as far as it is known, and the slips by which another one may be meant by it.
struct BirthDay: Hashable, Sendable {
    var year: Int
    var month: Int?
    var day: Int?

    /// Reads `1980`, `1980-02` or `1980-02-29`; nil for anything else.
    init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard (1...3).contains(parts.count), let year = parts[0], !parts.contains(nil) else { return nil }
        self.year = year
        month = parts.count > 1 ? parts[1] : nil
        day = parts.count > 2 ? parts[2] : nil
    }

    private init(_ year: Int, _ month: Int, _ day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    var text: String {
        func padded(_ number: Int, _ digits: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, digits - text.count)) + text
        }
        return [padded(year, 4), month.map { padded($0, 2) }, day.map { padded($0, 2) }].compactMap(\.self)
            .joined(separator: "-")
    }

    /// How far two birth dates support that they are one person's.
    enum Likeness: Hashable, Sendable {
        /// The same day.
        case same
        /// One is known less exactly and does not contradict the other.
        case compatible
        /// Typical of a slip of the pen or of the keyboard.
        case slip
        case different
    }

    func likeness(_ other: BirthDay) -> Likeness {
        if self == other { return day == nil ? .compatible : .same }
        if year == other.year {
            if month == nil || other.month == nil { return .compatible }
            if month == other.month, day == nil || other.day == nil { return .compatible }
        }
        return isSlip(of: other) ? .slip : .different
    }

    /// Whether the other is one of `slips`, told without making them all.
    private func isSlip(of other: BirthDay) -> Bool {
        guard let month, let day, let otherMonth = other.month, let otherDay = other.day, other.exists else {
            return false
        }
        if otherMonth == month, otherDay == day {
            return [1, 10, 100].contains(abs(other.year - year)) || other.year / 10 == year / 10
                || other.year == year / 100 * 100 + Self.reversed(year % 100)
        }
        guard other.year == year else { return false }
        if otherMonth == month {
            return otherDay == 1 || [1, 10].contains(abs(otherDay - day)) || otherDay / 10 == day / 10
                || otherDay == Self.reversed(day)
        }
        return otherDay == day && abs(otherMonth - month) == 1 || otherMonth == day && otherDay == month
            || otherMonth == 1 && otherDay == 1
    }

    /// What may have been meant: day and month exchanged, a digit mistaken, two digits exchanged, the day before or
    /// after, and the first of January or of the month, which stand for a day that nobody knew.
    var slips: Set<BirthDay> {
        guard let month, let day else { return [] }
        var found: Set<BirthDay> = [BirthDay(year, day, month), BirthDay(year, 1, 1), BirthDay(year, month, 1)]
        for step in [-1, 1] {
            found.formUnion([
                BirthDay(year + step, month, day), BirthDay(year + 10 * step, month, day),
                BirthDay(year, month + step, day), BirthDay(year, month, day + step),
                BirthDay(year, month, day + 10 * step),
            ])
        }
        found.insert(BirthDay(year + 100, month, day))
        found.insert(BirthDay(year - 100, month, day))
        // 1978 for 1987; 12 for 21.
        found.insert(BirthDay(year / 100 * 100 + Self.reversed(year % 100), month, day))
        found.insert(BirthDay(year, month, Self.reversed(day)))
        for digit in 0...9 {
            found.insert(BirthDay(year / 10 * 10 + digit, month, day))
            found.insert(BirthDay(year, month, day / 10 * 10 + digit))
        }
        found.remove(self)
        return found.filter(\.exists)
    }

    private static func reversed(_ number: Int) -> Int { number % 10 * 10 + number / 10 }

    private var exists: Bool {
        guard let month, let day, (1...12).contains(month), day >= 1, (1800...2200).contains(year) else { return false }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return day <= lengths[month - 1]
    }
}
