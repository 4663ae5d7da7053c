import ArgumentParser
import FHIRSearch
import Foundation

extension LocalZone {
    /// The offsets of a zone of the IANA database from 1900 to 2100; what holds at either end goes on beyond.
    ///
    /// Throws a `ValidationError` for a name that the system does not know.
    init(named name: String) throws {
        if name == "UTC" {
            self = .utc
            return
        }
        guard let zone = TimeZone(identifier: name) else {
            throw ValidationError("--time-zone: the system knows no zone \(name)")
        }
        func offset(at moment: Int64) -> Int64 {
            Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(moment))))
        }
        let week: Int64 = 7 * 86_400
        var moment: Int64 = -2_208_988_800
        let end: Int64 = 4_102_444_800
        let first = offset(at: moment)
        var current = first
        var transitions: [Transition] = []
        // No zone changes its clocks twice in a week, so what differs between two weeks did so once.
        while moment < end {
            let next = moment + week
            let after = offset(at: next)
            if after != current {
                var (low, high) = (moment, next)
                while high - low > 1 {
                    let middle = (low + high) / 2
                    if offset(at: middle) == current { low = middle } else { high = middle }
                }
                transitions.append(Transition(moment: high, offset: after))
                current = after
            }
            moment = next
        }
        self.init(offset: first, transitions: transitions)
    }
}
