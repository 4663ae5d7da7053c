import Clinic
import FHIRFormats
import FHIRStore

/// Hours in which nobody is disturbed: `21:00-08:00`, on the wall of the place; empty for none.
struct QuietHours: Sendable {
    private let from: String
    private let to: String

    init(_ text: String) {
        let parts = text.split(separator: "-").map { String($0) }
        (from, to) = parts.count == 2 && parts.allSatisfy { $0.count == 5 } ? (parts[0], parts[1]) : ("", "")
    }

    /// A time outside of the quiet hours: behind them if that is still well before the appointment, else in front.
    func move(
        _ time: Instant, before start: Instant, zone: String, in transaction: StoreTransaction
    ) async throws -> Instant {
        guard from != to else { return time }
        let local = try await LocalTimes.local(time, zone: zone, in: transaction)
        let clock = String(local.dropFirst(11).prefix(5))
        guard let date = CivilDate(local), isQuiet(clock) else { return time }
        let wraps = from > to
        let endDay = wraps && clock >= from ? date.adding(days: 1) : date
        let startDay = wraps && clock < to ? date.adding(days: -1) : date
        let edges = try await LocalTimes.instants(
            of: ["\(endDay.text) \(to):00", "\(startDay.text) \(from):00"], zone: zone, in: transaction)
        // An hour is the least that is of use.
        return edges[0].adding(minutes: 60) <= start ? edges[0] : edges[1].adding(minutes: -1)
    }

    private func isQuiet(_ clock: String) -> Bool {
        from < to ? clock >= from && clock < to : clock >= from || clock < to
    }
}
