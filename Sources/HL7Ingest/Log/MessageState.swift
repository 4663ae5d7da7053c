/// What became of a message.
package enum MessageState: String, Sendable, CaseIterable {
    /// Stored and answered; its content is still to be applied.
    case received
    case applied
    /// A person has to look at it; what could safely be applied is.
    case quarantined
    /// Not taken: the sender has to change something first.
    case rejected
    /// Something broke on our side.
    case failed
    /// It failed for a passing reason and is tried again.
    case retry
    /// One of several parts of a message: it waits for the rest, or was joined with it.
    case part
    /// Everything in it was older than what is stored.
    case superseded
    /// A person decided that it is not to be applied.
    case discarded
}
