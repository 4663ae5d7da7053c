import FHIRDefinitions

/// One independent source of index entries of a resource type: some paths, one seed, one place of storage.
///
/// Search parameters share slots: `patient` is `subject` with a test on the target's type, `combo-code` is `code`
/// and `component-code`, `name` is `family`, `given` and what is left of HumanName. Nothing is stored twice.
package struct IndexSlot: Sendable {
    /// Where entries are found.
    package enum Storage: Hashable, Sendable {
        /// `keys` alone.
        case keys
        /// `subj` if the reference is to a Patient, else `keys`.
        case subject
        /// `date_lo`, `date_hi`
        case dateColumns
        /// `vq`, `vq_hi`; units in `keys`.
        case quantityColumns
        case strings, numbers, ranges
        /// `id`, `updated`: nothing is extracted.
        case idColumn, updatedColumn
    }

    package let url: String
    package let kind: SearchKind
    package let seed: KeySeed
    package var storage: Storage
    package let paths: [BoundPath]
    /// Codes are compared with their case.
    package let isCaseSensitive: Bool
    /// Whether a presence key is written: only where nothing else tells that a value is there.
    package let hasPresenceKey: Bool
    /// Whether references write a presence key of their target's type too, for `:missing` on tested parameters.
    package var hasTypePresenceKeys = false
    /// Where the rows of `_num` are that hold the main quantity once more, under the key of each of the slot's codes
    /// without its system; nil unless a composite joins this token to the main quantity.
    ///
    /// Which of an uncommon code's values are high, neither the codes in `keys` nor the column of all quantities tells
    /// without reading most rows of either.
    package var quantityRows: Int32?
    /// For composites over a repeating element: its parts.
    package let components: [Component]
    /// Longest span between the ends of a date that the paths' types allow, in microseconds; nil if unlimited.
    package let longestSpan: Int64?

    init(
        url: String, kind: SearchKind, storage: Storage, paths: [BoundPath], hasPresenceKey: Bool,
        components: [Component] = [], longestSpan: Int64? = nil
    ) {
        self.url = url
        self.kind = kind
        self.storage = storage
        self.paths = paths
        self.hasPresenceKey = hasPresenceKey
        self.components = components
        self.longestSpan = longestSpan
        seed = KeySeed(url: url)
        isCaseSensitive = paths.allSatisfy { ValueReader.isCaseSensitive(typeName: $0.leafName) }
    }

    /// A day, in microseconds. Main dates that span more leave a key that says so, if their types allow it; all
    /// others are known to end within a day of their beginning, so that one index serves bounds on either end.
    package static let shortSpan: Int64 = 86_400_000_000

    /// Whether spans over a day are marked by a key.
    package var marksLongSpans: Bool {
        storage == .dateColumns && longestSpan.map { $0 > Self.shortSpan } ?? true
    }

    /// Number in side tables.
    package var number: Int32 { seed.parameterNumber }
    /// Whether a resource can have more than one value.
    package var repeats: Bool { Self.repeats(paths) }

    /// One part of a composite.
    package struct Component: Sendable {
        package let kind: SearchKind
        /// From the repeating element, or from the resource.
        package let paths: [BoundPath]
        package let startsAtResource: Bool
        package let isCaseSensitive: Bool
    }

    /// How the parts of a composite are stored together.
    package enum CompositeLayout: Hashable, Sendable {
        /// One key of all parts.
        case keys
        /// Rows in `_num` with the other parts as `ckey`; the unit is in `keys`.
        case quantity
        /// Rows in `_num` with the other parts as `ckey`.
        case number
        /// Rows in `_num`: the two numbers as `lo` and `hi`.
        case numberPair
        /// Rows in `_range` or `_str` with the other parts as `ckey`.
        case date, string
    }

    /// The layout of a composite slot; nil for other slots and for combinations that cannot be stored.
    package var layout: CompositeLayout? {
        let kinds = components.map(\.kind)
        let isKey: (SearchKind) -> Bool = { $0 == .token || $0 == .reference || $0 == .uri }
        guard kinds.count >= 2 else { return nil }
        if kinds.allSatisfy(isKey) { return .keys }
        if kinds.count >= 3, kinds.suffix(2) == [.number, .number], kinds.dropLast(2).allSatisfy(isKey) {
            return .numberPair
        }
        guard kinds.dropLast().allSatisfy(isKey) else { return nil }
        switch kinds[kinds.count - 1] {
        case .quantity: return .quantity
        case .number: return .number
        case .date: return .date
        case .string: return .string
        default: return nil
        }
    }

    /// Whether paths can yield several values: one repeats, or two of them are not alternatives of one choice.
    static func repeats(_ paths: [BoundPath]) -> Bool {
        guard let first = paths.first else { return false }
        if paths.contains(where: \.repeats) { return true }
        return paths.dropFirst().contains {
            $0.element?.path != first.element?.path || $0.steps.count != first.steps.count
        }
    }
}
