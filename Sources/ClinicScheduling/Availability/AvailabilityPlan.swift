import Clinic
import FHIRStore
import JSONTape

/// When a Schedule is open, week by week: the plan that always holds, and others for certain periods, as extensions of
/// the Schedule.
struct AvailabilityPlan: Sendable {
    /// A time of a day of the week.
    struct Window: Sendable, Hashable {
        /// 1 for Monday; nil for every day, of breaks.
        var weekday: Int?
        /// `09:00:00`; the end may be `24:00:00`.
        var start: String
        var end: String
        var location: LocalReference?

        func overlaps(_ other: Window) -> Bool {
            (weekday == nil || other.weekday == nil || weekday == other.weekday) && start < other.end
                && other.start < end
        }
    }

    /// One week's plan.
    struct Week: Sendable {
        /// The days that it holds on, the last included; nil for all.
        var first: CivilDate?
        var last: CivilDate?
        var open: [Window] = []
        var breaks: [Window] = []
        var slotMinutes = AvailabilityPlan.usualSlotMinutes
        var bufferMinutes = 0

        func holds(on date: CivilDate) -> Bool {
            (first.map { $0 <= date } ?? true) && (last.map { date <= $0 } ?? true)
        }

        var isLasting: Bool { first == nil && last == nil }
    }

    static let usualSlotMinutes = 30
    static let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    /// In the order in which they were made: the later wins.
    var weeks: [Week]

    init(_ schedule: JSONNode) {
        weeks = schedule.extensionNodes(AppointmentExtension.availability).map(Self.week)
    }

    /// The plan of a day: the latest that is for a period with it, else the one for all days.
    func week(on date: CivilDate) -> Week? {
        weeks.last { !$0.isLasting && $0.holds(on: date) } ?? weeks.last { $0.isLasting }
    }

    /// Puts a week in place of the one for the same days.
    mutating func replace(_ week: Week) {
        weeks.removeAll { $0.first == week.first && $0.last == week.last }
        weeks.append(week)
    }

    /// The extensions that hold the plan.
    var extensions: [[UInt8]] { weeks.map(Self.json) }

    // MARK: - JSON

    private static func week(_ node: JSONNode) -> Week {
        var week = Week()
        for part in node["extension"]?.items ?? [] {
            switch part["url"]?.string {
            case "period":
                week.first = part["valuePeriod"]?["start"]?.string.flatMap { CivilDate($0) }
                week.last = part["valuePeriod"]?["end"]?.string.flatMap { CivilDate($0) }
            case "slotMinutes": week.slotMinutes = part["valuePositiveInt"]?.integer ?? week.slotMinutes
            case "bufferMinutes": week.bufferMinutes = part["valuePositiveInt"]?.integer ?? 0
            case "open": week.open += [window(part)].compactMap(\.self).filter { $0.weekday != nil }
            case "break": week.breaks += [window(part)].compactMap(\.self)
            default: break
            }
        }
        week.slotMinutes = max(1, week.slotMinutes)
        week.bufferMinutes = max(0, week.bufferMinutes)
        return week
    }

    private static func window(_ node: JSONNode) -> Window? {
        let parts = node["extension"]?.items ?? []
        func value(_ name: String) -> JSONNode? { parts.first { $0["url"]?.string == name } }
        guard let start = value("start")?["valueTime"]?.string, let end = value("end")?["valueTime"]?.string,
            start < end
        else { return nil }
        let day = value("day")?["valueCode"]?.string.flatMap { days.firstIndex(of: $0) }.map { $0 + 1 }
        return Window(
            weekday: day, start: start, end: end, location: LocalReference(value("location")?["valueReference"]))
    }

    private static func json(_ week: Week) -> [UInt8] {
        var parts: [[UInt8]] = []
        if !week.isLasting {
            parts.append(
                ExtensionJSON.make("period", "valuePeriod") { writer in
                    writer.beginObject()
                    if let first = week.first { writer.member("start", first.text) }
                    if let last = week.last { writer.member("end", last.text) }
                    writer.endObject()
                })
        }
        parts.append(ExtensionJSON.number("slotMinutes", week.slotMinutes))
        if week.bufferMinutes > 0 { parts.append(ExtensionJSON.number("bufferMinutes", week.bufferMinutes)) }
        parts += week.open.map { json($0, "open") }
        parts += week.breaks.map { json($0, "break") }
        return nested(AppointmentExtension.availability, parts)
    }

    private static func json(_ window: Window, _ url: String) -> [UInt8] {
        var parts: [[UInt8]] = []
        if let weekday = window.weekday { parts.append(ExtensionJSON.string("day", "valueCode", days[weekday - 1])) }
        parts.append(ExtensionJSON.string("start", "valueTime", window.start))
        parts.append(ExtensionJSON.string("end", "valueTime", window.end))
        if let location = window.location { parts.append(ExtensionJSON.reference("location", location)) }
        return nested(url, parts)
    }

    private static func nested(_ url: String, _ parts: [[UInt8]]) -> [UInt8] {
        ExtensionJSON.make(url, "extension") { writer in
            writer.beginArray()
            for part in parts { writer.raw(part) }
            writer.endArray()
        }
    }
}
