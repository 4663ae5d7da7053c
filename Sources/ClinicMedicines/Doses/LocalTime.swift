import Clinic

/// A time of a clock on a wall: a day, and minutes since its midnight.
struct LocalTime: Hashable, Comparable, Sendable {
    var day: CivilDate
    var minutes: Int

    /// `2026-03-29 08:00`, as the database reads it.
    var text: String {
        let hours = minutes / 60
        let rest = minutes % 60
        return "\(day.text) \(hours < 10 ? "0" : "")\(hours):\(rest < 10 ? "0" : "")\(rest)"
    }

    static func < (left: LocalTime, right: LocalTime) -> Bool {
        (left.day, left.minutes) < (right.day, right.minutes)
    }
}
