/// What a resource leaves in the index: the columns and side-table rows of its type's table.
package struct IndexEntries: Hashable, Sendable {
    /// `H('Patient/23')`: what references to the resource hash to.
    package var selfKey: Int64
    /// Hash of the patient that the resource is about; nil if none or if the type's plan has no subject.
    package var subject: Int64?
    /// Sorted, each once.
    package var keys: [Int64] = []
    /// Microseconds since 1970, inclusive; `DateRange.distantPast` if the span is open; nil without a date.
    package var dateLow: Int64?
    /// Microseconds since 1970, exclusive; `DateRange.distantFuture` if the span is open; nil without a date.
    package var dateHigh: Int64?
    /// Text of a PostgreSQL numeric, `-Infinity` included; nil without a value.
    package var quantityLow: String?
    package var quantityHigh: String?
    /// The same in UCUM's base units; nil without a unit that has any.
    package var canonicalLow: String?
    /// Nil if it equals the low end.
    package var canonicalHigh: String?
    /// Folded words for full-text search, see `WordCollector`; nil if there are none.
    package var words: [UInt8]?
    package var strings: [StringEntry] = []
    package var numbers: [NumberEntry] = []
    package var ranges: [RangeEntry] = []
    /// Of the resources within the resource.
    package var contained: [ContainedEntries] = []
    /// Of the custom parameters that were in force, see `CustomParameterSet`.
    package var generation: Int64 = 0

    package struct StringEntry: Hashable, Sendable {
        package var parameter: Int32
        /// Hash of the string as it is, for `:exact`; of the other parts, for composites.
        package var key: Int64?
        /// Folded text, see `TextFolding`.
        package var norm: [UInt8]
    }

    package struct NumberEntry: Hashable, Sendable {
        package var parameter: Int32
        /// The unit as it is written, or the other parts of a composite; nil in the row that stands for any unit.
        package var key: Int64?
        /// Texts of PostgreSQL numerics, inclusive, infinities included; never nil.
        package var low: String?
        package var high: String?
        /// Key of UCUM's base units, and the ends in them; nil without a unit that has any.
        package var dimension: Int64?
        package var canonicalLow: String?
        /// Nil if it equals the low end.
        package var canonicalHigh: String?
    }

    package struct RangeEntry: Hashable, Sendable {
        package var parameter: Int32
        package var key: Int64?
        /// Microseconds since 1970 as in `dateLow` and `dateHigh`; never nil.
        package var low: Int64?
        package var high: Int64?
    }
}

/// What a contained resource leaves in the index: rows of their own, which no search of its type sees that does not ask
/// for them (R4 search.html#contained).
package struct ContainedEntries: Hashable, Sendable {
    package var typeName: String
    /// Its id within the container.
    package var id: String
    /// Position in `contained`.
    package var place: Int
    /// Its JSON text.
    package var content: [UInt8]
    package var entries: IndexEntries
}
