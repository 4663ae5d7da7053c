/// One page of a search's answer (R4 search.html#return).
package struct SearchResultPage: Sendable {
    /// `search.mode=match`, in order.
    package var matches: [StoredVersion] = []
    /// `search.score` of the matches, as JSON numbers; empty where they are not in the order of it.
    package var scores: [String] = []
    /// `search.mode=include`: none of the matches, each once.
    package var included: [StoredVersion] = []
    /// Number of matches on all pages; nil where counting was not asked for and would cost something.
    package var total: Int?
    /// Whether `total` is an estimate.
    package var isTotalEstimated = false
    /// Where the next page begins, for `SearchRequest.query(cursor:)`; nil on the last page.
    package var next: String?
    /// The same for the page before; nil on the first page.
    package var previous: String?
    /// Whether some included resources were left out because there were more than the limit.
    package var isIncludeTruncated = false

    init(total: Int? = nil) {
        self.total = total
    }
}

/// How large answers may become.
package struct SearchConfiguration: Sendable {
    /// Matches on a page where `_count` is not given.
    package var defaultCount = 50
    /// Greatest number of matches on a page; a larger `_count` gives this many.
    package var maximumCount = 1000
    /// Greatest number of included resources on a page.
    package var maximumIncludeCount = 2000
    /// How far matches are counted before an estimate takes over.
    package var countingLimit = 1000
    /// Rounds of `:iterate`.
    package var maximumIterationCount = 4

    package init() {}
}
