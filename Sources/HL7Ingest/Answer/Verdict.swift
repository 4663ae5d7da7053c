/// What is said of a message, before the mode makes a code of it.
enum Verdict: Sendable {
    /// Applied, perhaps with warnings.
    case accepted
    /// Stored, and waits for a person of ours; the sender did its part.
    case held
    /// Stored, but its content cannot be applied.
    case contentError
    /// Not taken: the sender must change something first.
    case rejected
}
