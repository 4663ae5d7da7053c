/// The zone of dates and times that do not name one, as offsets from UTC (R4 search.html#date leaves it to the server).
///
/// A local time that a clock shows twice is the first of the two; one that it skips is read by the clock before.
package struct LocalZone: Hashable, Sendable {
    /// From a moment on, local time is UTC plus the offset.
    package struct Transition: Hashable, Sendable {
        /// Seconds since 1970 in UTC.
        package var moment: Int64
        /// Seconds, east positive.
        package var offset: Int64

        package init(moment: Int64, offset: Int64) {
            self.moment = moment
            self.offset = offset
        }
    }

    package static let utc = LocalZone(offset: 0)

    /// Microseconds before the first transition.
    private let firstOffset: Int64
    /// Local microseconds from which on an offset, in microseconds, holds.
    private let changes: [(local: Int64, offset: Int64)]

    /// - Parameters:
    ///   - offset: seconds that hold before the first transition.
    ///   - transitions: in the order of time.
    package init(offset: Int64, transitions: [Transition] = []) {
        firstOffset = offset * 1_000_000
        var changes: [(Int64, Int64)] = []
        var before = offset
        for transition in transitions {
            let local = transition.moment + max(before, transition.offset)
            changes.append((local * 1_000_000, transition.offset * 1_000_000))
            before = transition.offset
        }
        self.changes = changes
    }

    /// The moment, in microseconds since 1970 UTC, at which clocks of the zone show a local time, given likewise.
    func utc(ofLocal local: Int64) -> Int64 {
        guard let first = changes.first, local >= first.local else { return local - firstOffset }
        var (low, high) = (0, changes.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if changes[middle].local <= local { low = middle } else { high = middle }
        }
        return local - changes[low].offset
    }

    package static func == (left: LocalZone, right: LocalZone) -> Bool {
        left.firstOffset == right.firstOffset && left.changes.elementsEqual(right.changes, by: ==)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(firstOffset)
        hasher.combine(changes.count)
    }
}
