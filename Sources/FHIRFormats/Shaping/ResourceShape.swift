/// Which parts of a resource an answer shows: `_summary` and `_elements` (R4 search.html#summary, #elements).
///
/// What a reader must not miss is always there: `id` and `meta`, elements that the standard makes mandatory, and
/// those that modify the meaning of the rest. A resource that was shaped carries the tag SUBSETTED.
package struct ResourceShape: Sendable {
    /// The values of `_summary` that leave something out of a resource.
    package enum Summary: String, Sendable {
        /// The elements that the definitions mark as summary, at every depth.
        case `true`
        /// The narrative, with what is always there.
        case text
        /// Everything but the narrative.
        case data
    }

    package var summary: Summary?
    /// The elements asked for; nil for no such list.
    package var elements: ElementSelection?

    /// Nil where nothing is left out, so that answers without a shape cost nothing.
    package init?(summary: Summary?, elements: ElementSelection?) {
        if summary == nil, elements == nil { return nil }
        self.summary = summary
        self.elements = elements
    }
}
