/// Values stand for all moments that they could mean; two compare where these do not overlap, or where both are known
/// to the second (FHIRPath 2.0 §6.2).
extension Temporal {
    /// A moment: seconds since 1970 in UTC or local time, and nanoseconds.
    private struct Moment: Comparable {
        var seconds: Int
        var nanosecond: Int

        static func < (left: Moment, right: Moment) -> Bool {
            left.seconds == right.seconds ? left.nanosecond < right.nanosecond : left.seconds < right.seconds
        }
    }

    /// -1, 0 or 1; nil where the precisions leave it open. Both are times of day, or neither is.
    static func compare(_ left: Temporal, _ right: Temporal) -> Int? {
        // Local time is UTC less 14 to plus 12 hours, if only one of the two says which zone it means.
        let isOpen = (left.offsetMinutes == nil) != (right.offsetMinutes == nil) && left.kind != .time
        let (a, b) = (left.bounds(widened: isOpen), right.bounds(widened: isOpen))
        if a.high < b.low { return -1 }
        if b.high < a.low { return 1 }
        return a.low == b.low && a.high == b.high && left.precision == right.precision && !isOpen ? 0 : nil
    }

    static func areEquivalent(_ left: Temporal, _ right: Temporal) -> Bool {
        left.precision == right.precision && (left.kind == .time) == (right.kind == .time)
            && compare(left, right) == 0
    }

    private func bounds(widened: Bool) -> (low: Moment, high: Moment) {
        let days = kind == .time ? 0 : daysSince1970
        let start = days * 86_400 + nanosecondsOfDay / 1_000_000_000 - (offsetMinutes ?? 0) * 60
        var low = Moment(seconds: start, nanosecond: nanosecond)
        var high = Moment(seconds: start + secondCount, nanosecond: nanosecond)
        // The last nanosecond before the next value of the same precision.
        if secondCount > 0 { high = Moment(seconds: high.seconds - 1, nanosecond: 999_999_999) }
        if widened, offsetMinutes == nil {
            low.seconds -= 14 * 3600
            high.seconds += 12 * 3600
        }
        return (low, high)
    }

    /// How many seconds the value stands for; 0 for a moment.
    private var secondCount: Int {
        switch precision {
        case .year:
            (Self.days(in: 2, of: year) + 337) * 86_400
        case .month: Self.days(in: month, of: year) * 86_400
        case .day: 86_400
        case .hour: 3600
        case .minute: 60
        case .second: 0
        }
    }
}
