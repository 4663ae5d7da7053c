package import FHIRDefinitions
package import FHIRFormats

/// Which versions a history interaction asks for (R4 http#history).
package struct HistoryRequest: Sendable {
    package enum Scope: Hashable, Sendable {
        case instance(TypeID, id: String)
        case type(TypeID)
        /// All types, or those named.
        case system([TypeID]?)
    }

    package var scope: Scope
    /// Versions made at or after this instant.
    package var since: Instant?
    /// Versions that were current at some moment of this half-open span.
    package var at: Range<Instant>?
    /// Greatest number of versions on the page; 0 for the total alone.
    package var count: Int
    /// Oldest version first.
    package var isAscending = false
    package var cursor: HistoryCursor?

    package init(
        scope: Scope, since: Instant? = nil, at: Range<Instant>? = nil, count: Int = 100, cursor: HistoryCursor? = nil
    ) {
        self.scope = scope
        self.since = since
        self.at = at
        self.count = count
        self.cursor = cursor
    }
}

/// One page of a history.
package struct HistoryPage: Sendable {
    package var versions: [StoredVersion] = []
    /// Number of versions in the whole history; nil where there are more than the server counts for a page.
    package var total: Int?
    /// Where the next page begins; nil on the last.
    package var next: HistoryCursor?
    /// Where the page before ends; nil on the first.
    package var previous: HistoryCursor?
}
