import Clinic
import FHIRFormats
import JSONTape

/// Which free times suit (`timing`), and which come first (`preferences`).
struct FindPreferences {
    private var days: Set<Int> = []
    private var clocks: Set<String> = []
    private var preferredDays: Set<Int> = []
    private var preferredParts: [Range<Int>] = []

    /// Hours of the day's parts.
    private static let parts = ["morning": 0..<12, "afternoon": 12..<17, "evening": 17..<24]

    init(_ parameters: OperationParameters) throws {
        let repeats = parameters.value("timing")?["repeat"]
        days = Set(
            (repeats?["dayOfWeek"]?.items ?? []).compactMap { node in
                node.string.flatMap { AvailabilityPlan.days.firstIndex(of: $0) }.map { $0 + 1 }
            })
        clocks = Set((repeats?["timeOfDay"]?.items ?? []).compactMap { $0.string.map { String($0.prefix(5)) } })
        for text in parameters.texts("preferences") {
            if let hours = Self.parts[text] {
                preferredParts.append(hours)
            } else if let index = AvailabilityPlan.days.firstIndex(of: text) {
                preferredDays.insert(index + 1)
            } else {
                throw OperationParameters.invalid(
                    "preferences are morning, afternoon, evening, or days from mon to sun",
                    at: parameters.place(of: "preferences"))
            }
        }
    }

    var isEmpty: Bool { days.isEmpty && clocks.isEmpty && preferredDays.isEmpty && preferredParts.isEmpty }

    /// Those that suit; the preferred in front, otherwise in their order.
    func choose(_ times: [FreeTimes.Time]) -> [FreeTimes.Time] {
        let suitable = times.filter { time in
            (days.isEmpty || CivilDate(time.local).map { days.contains($0.weekday) } ?? false)
                && (clocks.isEmpty || clocks.contains(String(time.local.dropFirst(11).prefix(5))))
        }
        guard !preferredDays.isEmpty || !preferredParts.isEmpty else { return suitable }
        return suitable.filter(isPreferred) + suitable.filter { !isPreferred($0) }
    }

    private func isPreferred(_ time: FreeTimes.Time) -> Bool {
        let hour = Int(time.local.dropFirst(11).prefix(2)) ?? 0
        return (preferredDays.isEmpty || CivilDate(time.local).map { preferredDays.contains($0.weekday) } ?? false)
            && (preferredParts.isEmpty || preferredParts.contains { $0.contains(hour) })
    }
}
