package import HL7Mapping

/// Whether an incoming result replaces the stored one.
///
/// Laboratories send results late, twice and out of order. The stamp is the time at which the laboratory last changed
/// the report (OBR-22, else MSH-7); among equal times a later status wins.
package enum ResultDecision: Hashable, Sendable {
    case apply
    /// Older than what is stored: kept in the message log only.
    case superseded
    /// As new as what is stored, and of the same state: a repetition, or the laboratory reused its time stamp.
    case repeated
    /// A final result would become preliminary again: a person decides.
    case review

    /// - Parameter stored: nil if the result is new.
    /// - Parameter allowsUnfinalising: a final result may become preliminary again.
    package init(stored: ResultStamp?, incoming: ResultStamp, allowsUnfinalising: Bool = false) {
        guard let stored else {
            self = .apply
            return
        }
        if incoming.seconds < stored.seconds {
            self = .superseded
        } else if incoming.seconds == stored.seconds {
            self = incoming.rank == stored.rank ? .repeated : incoming.rank < stored.rank ? .superseded : .apply
        } else {
            self = incoming.isUnfinished && stored.isFinished && !allowsUnfinalising ? .review : .apply
        }
    }
}

extension ResultStamp {
    /// Registered, preliminary or partial.
    fileprivate var isUnfinished: Bool { rank < ResultStamp.rank(status: "final") }

    /// Final, corrected or amended, and not withdrawn.
    var isFinished: Bool {
        (ResultStamp.rank(status: "final")...ResultStamp.rank(status: "corrected")).contains(rank)
    }
}
