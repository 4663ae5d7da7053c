/// What holds of the rows of one type that are there for a caller, as SQL about a row `a`.
struct RowLimit: Sendable {
    /// Of current versions, and of deletions where it holds of these.
    var current: String
    /// Whether the same can be asked of the row of a deletion.
    var holdsOfDeletions: Bool
}
