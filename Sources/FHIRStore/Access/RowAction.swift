/// What is done to a row, as far as rights tell it apart.
package enum RowAction: Int, Sendable, Hashable, CaseIterable {
    /// Every way in which a client learns of it.
    case read
    case create
    /// Update, patch and whatever else makes a new version.
    case update
    case delete
}
