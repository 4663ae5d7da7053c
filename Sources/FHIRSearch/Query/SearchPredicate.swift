package import FHIRDefinitions

/// Criteria as tests on the columns and side tables of one resource type: what SQL is written from.
package indirect enum SearchPredicate: Hashable, Sendable {
    case always
    case never
    case all([SearchPredicate])
    case any([SearchPredicate])
    case not(SearchPredicate)
    /// At least one of these stands in `keys`. Selective: few resources are expected to have it.
    case keys([Int64], isSelective: Bool)
    /// `subj` is one of these.
    case subject([Int64])
    case subjectPresent
    case ids([String])
    /// On `updated`, which stands for its millisecond.
    case updated(TimeTest)
    /// On `date_lo`, `date_hi`.
    case date(TimeTest)
    case datePresent
    /// On `vq`, `vq_hi`, of resources that have the code if there is one.
    case quantity(NumberTest, of: CodedRows? = nil)
    /// On `cq`, `cq_hi`: the value in base units, which a key tells apart.
    case canonicalQuantity(NumberTest)
    case quantityPresent
    /// On rows of `_str`.
    case string(parameters: [Int32], StringTest)
    /// On rows of `_num`; nil key for the row of any unit.
    case number(parameter: Int32, key: Int64?, NumberTest)
    /// On rows of `_num`, by the value in these base units; nil key for the row of any unit.
    case canonicalNumber(parameter: Int32, key: Int64?, dimension: Int64, NumberTest)
    /// On rows of `_num` that hold two numbers, one in `lo`, one in `hi`.
    case numberPair(parameter: Int32, key: Int64, NumberTest, NumberTest)
    /// On rows of `_range`.
    case range(parameter: Int32, key: Int64?, TimeTest)
    /// A row of the side table is there.
    case stringPresent([Int32])
    case numberPresent(Int32)
    case rangePresent(Int32)
    /// The resource's words answer the query; those of its narrative, if only these count.
    case fullText(FullTextQuery, isNarrativeOnly: Bool)
    /// A row of `_num` holds a place, latitude and longitude, that is near enough.
    case near(parameter: Int32, NearTest)
    /// The SQL/JSON path finds something in `content`.
    case content(path: String)
    /// One of the texts at the SQL/JSON paths in `content` answers the query.
    case text(paths: [String], TextQuery)
    /// Refers to a resource or to one above or below it.
    case hierarchy(Hierarchy)
    /// Refers, by one of the links, to a resource of a type that meets a predicate of its own; any of the ways.
    case chain([Chain])
    /// Is referred to, by one of the links, by a resource of `source` that meets the predicate.
    case has(source: TypeID, [Link], SearchPredicate)

    /// The rows of `_num` that hold the main quantities of resources with one code (see `IndexSlot.quantityRows`).
    package struct CodedRows: Hashable, Sendable {
        package var parameter: Int32
        package var key: Int64
    }

    package struct Chain: Hashable, Sendable {
        package var target: TypeID
        package var links: [Link]
        package var predicate: SearchPredicate
    }

    /// Resources of one type that are parts of one another.
    package struct Hierarchy: Hashable, Sendable {
        package enum Direction: Hashable, Sendable { case above, below }

        package var direction: Direction
        package var target: TypeID
        /// Where the search begins.
        package var ids: [String]
        /// Hashes of the same.
        package var selves: [Int64]
        /// How a resource of the type refers to what it is a part of.
        package var parent: Link
        /// The SQL/JSON path of that reference's text in `content`.
        package var parentPath: String
        /// How the resources searched for refer to the type.
        package var links: [Link]
    }

    /// Where a resource keeps what it refers to.
    package enum Link: Hashable, Sendable {
        /// `subj`
        case subject
        /// `keys`, XORed with this constant.
        case keys(constant: Int64)
    }

    package enum StringTest: Hashable, Sendable {
        /// The folded text begins so.
        case prefix([UInt8])
        /// The folded text has this in it.
        case contains([UInt8])
        /// The folded text is this, and the text itself has one of these hashes.
        case exact([UInt8], keys: [Int64])
        /// The folded text is this.
        case equal([UInt8])
        /// The folded text is another.
        case unequal([UInt8])
        /// The folded text ends so.
        case suffix([UInt8])
        /// The folded text stands so to this: `gt`, `ge`, `lt` or `le`.
        case ordered(SearchPrefix, [UInt8])
        /// The folded text begins so, and the row has this key.
        case keyed(Int64, prefix: [UInt8])
    }

    // MARK: - Joining

    /// The same, where quantities that have to hold belong to resources with the code.
    func withQuantity(of rows: CodedRows) -> SearchPredicate {
        switch self {
        case .quantity(let test, nil): .quantity(test, of: rows)
        case .all(let parts): .all(parts.map { $0.withQuantity(of: rows) })
        default: self
        }
    }

    /// All of `predicates`, flattened.
    package static func conjunction(_ predicates: [SearchPredicate]) -> SearchPredicate {
        var parts: [SearchPredicate] = []
        for predicate in predicates {
            switch predicate {
            case .always: continue
            case .never: return .never
            case .all(let inner): parts += inner
            default: parts.append(predicate)
            }
        }
        return parts.isEmpty ? .always : parts.count == 1 ? parts[0] : .all(parts)
    }

    /// The opposite.
    package static func negation(_ predicate: SearchPredicate) -> SearchPredicate {
        switch predicate {
        case .always: .never
        case .never: .always
        case .not(let inner): inner
        default: .not(predicate)
        }
    }

    /// Any of `predicates`, flattened, with all keys, ids and subjects in one test each.
    package static func disjunction(_ predicates: [SearchPredicate]) -> SearchPredicate {
        var keys: [Int64] = []
        var areSelective = true
        var subjects: [Int64] = []
        var ids: [String] = []
        var rest: [SearchPredicate] = []
        for predicate in predicates {
            switch predicate {
            case .never: continue
            case .always: return .always
            case .any(let inner): rest += inner
            case .keys(let more, let isSelective):
                keys += more
                areSelective = areSelective && isSelective
            case .subject(let more): subjects += more
            case .ids(let more): ids += more
            default: rest.append(predicate)
            }
        }
        if !subjects.isEmpty { rest.insert(.subject(subjects), at: 0) }
        if !ids.isEmpty { rest.insert(.ids(ids), at: 0) }
        if !keys.isEmpty { rest.append(.keys(keys, isSelective: areSelective)) }
        return rest.isEmpty ? .never : rest.count == 1 ? rest[0] : .any(rest)
    }

    /// The same asked of resources that have no id of this server's: none of them is named by one.
    package var withoutIDs: SearchPredicate {
        switch self {
        case .ids: .never
        case .all(let parts): .conjunction(parts.map(\.withoutIDs))
        case .any(let parts): .disjunction(parts.map(\.withoutIDs))
        case .not(let inner): .negation(inner.withoutIDs)
        default: self
        }
    }
}
