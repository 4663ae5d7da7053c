import JSONTape

/// When doses are due, by a Dosage's timing: either at times of the clock on certain days, or so many minutes apart.
/// https://hl7.org/fhir/R4/datatypes.html#Timing
struct DoseTiming: Sendable {
    /// Which days have doses, counted from the first.
    enum Days: Sendable {
        /// Every so many days.
        case every(Int)
        /// Days of the week, 0 for Monday, every so many weeks.
        case week(Set<Int>, every: Int)
        /// The same day of the month, every so many months.
        case month(every: Int)
    }

    enum Rhythm: Sendable {
        /// Minutes since midnight.
        case clock(Days, times: [Int])
        /// So many minutes apart, whatever the clock does.
        case interval(Int)
        /// Exactly then.
        case events([String])
    }

    let rhythm: Rhythm
    /// First and last time as they are written; nil where they are not stated.
    let start: String?
    let end: String?
    /// Length of the period in minutes, where its end is not stated.
    let lengthMinutes: Int?
    /// Number of doses in all.
    let count: Int?

    /// Nil for doses that are taken as needed, and where no time is stated.
    init?(_ dosage: JSONNode) {
        guard dosage["asNeededBoolean"]?.bool != true, dosage["asNeededCodeableConcept"] == nil,
            let timing = dosage["timing"]
        else { return nil }
        let rule = timing["repeat"]
        let bounds = rule?["boundsPeriod"]
        start = bounds?["start"]?.string
        end = bounds?["end"]?.string
        let duration = rule?["boundsDuration"] ?? rule?["boundsRange"]?["high"]
        lengthMinutes = duration.flatMap { Self.minutes($0["value"], $0["code"]?.string ?? $0["unit"]?.string) }
        count = rule?["countMax"]?.integer ?? rule?["count"]?.integer
        if let events = timing["event"]?.items.compactMap(\.string), !events.isEmpty {
            rhythm = .events(events)
        } else if let rule, let found = Self.rhythm(rule) {
            rhythm = found
        } else if let found = Self.rhythm(code: timing["code"]) {
            rhythm = found
        } else {
            return nil
        }
    }

    // MARK: - Reading

    private static func rhythm(_ rule: JSONNode) -> Rhythm? {
        let weekdays = Set(
            (rule["dayOfWeek"]?.items ?? []).compactMap { day in
                ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].firstIndex(of: day.string ?? "")
            })
        let stated = statedTimes(rule)
        let frequency = max(1, min(rule["frequency"]?.integer ?? 1, 1440))
        let unit = rule["periodUnit"]?.string
        if unit == nil, rule["frequency"] == nil, stated.isEmpty, weekdays.isEmpty { return nil }
        let period = rule["period"]?.numberText.flatMap { ExactNumber($0) } ?? ExactNumber(1)
        let whole = rule["period"].map { $0.integer } ?? 1

        if !weekdays.isEmpty {
            let weeks = unit == "wk" ? max(1, whole ?? 1) : 1
            let perDay = unit == "d" || unit == nil ? frequency : max(1, frequency / weekdays.count)
            return .clock(.week(weekdays, every: weeks), times: stated.isEmpty ? usualTimes(perDay) : stated)
        }
        switch (unit ?? "d", whole) {
        case ("d", let days?) where days > 0 && (days == 1 || frequency == 1 || !stated.isEmpty):
            return .clock(.every(days), times: stated.isEmpty ? usualTimes(frequency) : stated)
        case ("wk", let weeks?) where weeks > 0 && (frequency == 1 || !stated.isEmpty):
            return .clock(.every(7 * weeks), times: stated.isEmpty ? usualTimes(1) : stated)
        case ("mo", let months?) where months > 0:
            return .clock(.month(every: months), times: stated.isEmpty ? usualTimes(1) : stated)
        case ("a", let years?) where years > 0:
            return .clock(.month(every: 12 * years), times: stated.isEmpty ? usualTimes(1) : stated)
        default:
            guard let length = minutes(period, unit ?? "d"), length / frequency > 0 else { return nil }
            return .interval(length / frequency)
        }
    }

    /// http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation
    private static func rhythm(code: JSONNode?) -> Rhythm? {
        let text = code?["coding"]?.items.first?["code"]?.string ?? code?["text"]?.string ?? ""
        let hours = ["Q1H": 1, "Q2H": 2, "Q3H": 3, "Q4H": 4, "Q6H": 6, "Q8H": 8]
        if let hours = hours[text.uppercased()] { return .interval(hours * 60) }
        let days: [String: Rhythm] = [
            "QD": .clock(.every(1), times: usualTimes(1)), "BID": .clock(.every(1), times: usualTimes(2)),
            "TID": .clock(.every(1), times: usualTimes(3)), "QID": .clock(.every(1), times: usualTimes(4)),
            "QOD": .clock(.every(2), times: usualTimes(1)), "AM": .clock(.every(1), times: [8 * 60]),
            "PM": .clock(.every(1), times: [20 * 60]), "BED": .clock(.every(1), times: [22 * 60]),
            "WK": .clock(.every(7), times: usualTimes(1)), "MO": .clock(.month(every: 1), times: usualTimes(1)),
        ]
        return days[text.uppercased()]
    }

    /// `timeOfDay`, or `when` with its offset, in order.
    private static func statedTimes(_ rule: JSONNode) -> [Int] {
        let times = (rule["timeOfDay"]?.items ?? []).compactMap { time -> Int? in
            let parts = (time.string ?? "").split(separator: ":").prefix(2).map { Int($0) }
            guard parts.count == 2, let hours = parts[0], let minutes = parts[1] else { return nil }
            return hours * 60 + minutes
        }
        if !times.isEmpty { return Array(Set(times)).sorted() }
        let offset = rule["offset"]?.integer ?? 0
        let events = (rule["when"]?.items ?? []).compactMap { event -> Int? in
            let code = event.string ?? ""
            guard let time = eventTimes[code] else { return nil }
            // A is before a meal, P after it.
            let sign = code.hasPrefix("A") && code != "AFT" ? -1 : 1
            return max(0, min(1439, time + sign * offset))
        }
        return Array(Set(events)).sorted()
    }

    /// http://hl7.org/fhir/ValueSet/event-timing, at usual times of a day.
    private static let eventTimes: [String: Int] = [
        "MORN": 480, "MORN.early": 420, "MORN.late": 600, "NOON": 720, "AFT": 840, "AFT.early": 810,
        "AFT.late": 960, "EVE": 1140, "EVE.early": 1080, "EVE.late": 1230, "NIGHT": 1320, "PHS": 1380, "HS": 1320,
        "WAKE": 420, "C": 720, "CM": 480, "CD": 720, "CV": 1140, "AC": 690, "ACM": 450, "ACD": 690, "ACV": 1110,
        "PC": 750, "PCM": 510, "PCD": 750, "PCV": 1170,
    ]

    /// Times for so many doses a day, where none are stated.
    private static func usualTimes(_ count: Int) -> [Int] {
        switch count {
        case 1: [480]
        case 2: [480, 1200]
        case 3: [480, 840, 1200]
        case 4: [480, 720, 960, 1200]
        default: (0..<min(count, 1440)).map { ($0 * 1440 / count + 480) % 1440 }.sorted()
        }
    }

    private static func minutes(_ value: JSONNode?, _ unit: String?) -> Int? {
        guard let value = value?.numberText.flatMap({ ExactNumber($0) }), let unit else { return nil }
        return minutes(value, unit)
    }

    private static func minutes(_ value: ExactNumber, _ unit: String) -> Int? {
        let factors = [
            "min": 1, "h": 60, "d": 1440, "wk": 10_080, "mo": 43_200, "a": 525_600, "minutes": 1, "hours": 60,
            "days": 1440, "day": 1440, "weeks": 10_080, "week": 10_080, "months": 43_200,
        ]
        return factors[unit].flatMap { (value * ExactNumber($0)).floor }
    }
}
