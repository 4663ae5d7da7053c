internal import Foundation

/// How a sender's local times relate to UTC.
package struct SourceZone: Sendable {
    /// Seconds east of UTC at an instant.
    private let offset: @Sendable (_ secondsSince1970: Int) -> Int

    package static let utc = SourceZone(minutes: 0)

    /// A fixed offset, in minutes east of UTC.
    package init(minutes: Int) {
        offset = { _ in minutes * 60 }
    }

    /// An IANA zone, such as `Europe/Berlin`; `nil` when it is unknown here.
    package init?(identifier: String) {
        guard let zone = TimeZone(identifier: identifier) else { return nil }
        offset = { zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval($0))) }
    }

    /// The offset that belongs to a local time, given as if it were UTC (F-12).
    ///
    /// In the hour that is skipped the later instant is meant, in the hour that comes twice the first one.
    func offset(local: Int) -> Int {
        let before = offset(local - 86_400)
        let after = offset(local + 86_400)
        if before == after { return before }
        let isBeforeRight = offset(local - before) == before
        let isAfterRight = offset(local - after) == after
        switch (isBeforeRight, isAfterRight) {
        case (true, true): return max(before, after)
        case (true, false): return before
        case (false, true): return after
        case (false, false): return min(before, after)
        }
    }
}
