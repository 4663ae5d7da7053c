package import FHIRDefinitions

/// A search, understood: what to match, in which order, and what to answer with.
package struct SearchRequest: Sendable {
    package enum Handling: Sendable {
        /// Unknown parameters are errors.
        case strict
        /// Unknown parameters are dropped with a warning (`Prefer: handling=lenient`).
        case lenient
    }

    package enum Total: String, Sendable { case none, estimate, accurate }

    package enum Summary: String, Sendable { case `true`, text, data, count, `false` }

    package struct SortKey: Sendable {
        /// Of the type searched, or of the type at the end of `via`.
        package var parameter: ParameterIndex
        package var isDescending: Bool
        /// `_sort=patient.family`: sorted by a value of the resource referred to.
        package var via: Via?
        /// `_sort=-_score`: by how well the words asked for are met; the parameter is then `_content`.
        package var isScore = false

        package struct Via: Sendable {
            package var parameter: ParameterIndex
            package var target: TypeIndex
            /// Where the type searched keeps these references.
            package var links: [SearchPredicate.Link]
        }

        package init(parameter: ParameterIndex, isDescending: Bool, via: Via? = nil) {
            self.parameter = parameter
            self.isDescending = isDescending
            self.via = via
        }
    }

    /// Only resources in the compartment of `Patient/23` (R4 compartmentdefinition.html).
    package struct Compartment: Hashable, Sendable {
        package var focus: TypeID
        package var id: String

        package init(focus: TypeID, id: String) {
            self.focus = focus
            self.id = id
        }
    }

    /// `_contained=true` or `both`, with `_containedType` (R4 search.html#contained).
    package struct Containment: Hashable, Sendable {
        /// Whether resources that stand for themselves match too.
        package var includesOthers: Bool
        /// Whether the match is what contains the resource, and not that one alone.
        package var answersContainer: Bool
    }

    /// `_include=Source:parameter:Target` or `_revinclude`.
    package struct Include: Sendable {
        /// Nil for `*`: any type.
        package var source: TypeID?
        /// Nil for `*`: all reference parameters of the source.
        package var parameter: ParameterIndex?
        /// Only this type; nil for any.
        package var target: TypeID?
        /// `:iterate`: applies to included resources too.
        package var isIterated: Bool
    }

    /// A parameter that was dropped.
    package struct Warning: Hashable, Sendable {
        package var parameter: String
        package var message: String
    }

    package var type: TypeID
    package var typeName: String
    package var compartment: Compartment?
    /// The address of the search, relative to the base and without its query: `Patient`, `Patient/23/Observation`.
    package var path: String
    package var criteria: [SearchCriterion] = []
    package var sort: [SortKey] = []
    /// As asked for; nil for the server's choice.
    package var count: Int?
    package var includes: [Include] = []
    package var revIncludes: [Include] = []
    /// Nil where contained resources are no matches, as usual.
    package var containment: Containment?
    /// Nil where the client left it open: then a total is told if it costs nothing.
    package var total: Total?
    package var summary: Summary?
    /// Where the page begins; opaque text from a link.
    package var cursor: String?
    package var format: String?
    package var isPretty: Bool?
    package var warnings: [Warning] = []
    /// The parameters that were understood, as written and in order, without the cursor.
    package var understood: [(name: String, value: String)] = []
    /// Which custom parameters were known when the request was read; nil if it uses none.
    package var customRevision: Int64?

    package init(type: TypeID, typeName: String) {
        self.type = type
        self.typeName = typeName
        path = typeName
    }

    /// Whether only the number of matches is asked for.
    package var isCountOnly: Bool { summary == .count || count == 0 }

    /// The query string of what was understood, for `self` and page links; without `?`, may be empty.
    package var selfQuery: String { QueryEncoding.text(understood) }

    /// The query string that leads to the page behind `cursor`.
    package func query(cursor: String) -> String {
        QueryEncoding.text(understood + [(SearchRequestParser.cursorName, cursor)])
    }

    /// Makes `_count` no larger than `limit`, and says so in the links (R4 search.html#count).
    package mutating func limitCount(to limit: Int) {
        guard let asked = count, asked > limit else { return }
        count = limit
        for position in understood.indices where understood[position].name == "_count" {
            understood[position].value = String(limit)
        }
    }

    /// Reads the parameters of a search of one type.
    ///
    /// - Parameters:
    ///   - pairs: name and value of every parameter, decoded, in order; repeated names are kept (R4: AND).
    ///   - compartment: within which to search; has to have resources of the type, see
    ///     `PredicateBuilder.compartment(_:id:in:)`.
    ///   - takesContained: whether whoever asks can do with contained resources as matches.
    package static func parse(
        type: TypeID, pairs: [(String, String)], handling: Handling, indexer: SearchIndexer,
        compartment: Compartment? = nil, takesContained: Bool = false, limits: SearchLimits = SearchLimits()
    ) throws(SearchError) -> SearchRequest {
        var parser = SearchRequestParser(type: type, handling: handling, indexer: indexer, limits: limits)
        try parser.parse(pairs)
        if parser.request.containment != nil, !takesContained {
            throw SearchError(
                .notSupported, "Contained resources can be searched for by searches of one type only.",
                parameter: "_contained")
        }
        if let compartment {
            parser.request.compartment = compartment
            parser.request.path =
                "\(indexer.definitions.name(of: compartment.focus))/\(compartment.id)/\(parser.request.typeName)"
        }
        return parser.request
    }
}

/// What one search may cost before it is run.
package struct SearchLimits: Sendable {
    /// Greatest number of parameters.
    package var maximumParameterCount = 100
    /// Greatest number of values of one parameter.
    package var maximumValueCount = 1000
    /// Greatest number of links in a chain or nested `_has`.
    package var maximumChainDepth = 6
    /// Greatest number of types, at all links together, that a chain without types may lead to.
    package var maximumChainTargetCount = 150
    /// Greatest number of types that the chains of a search may try.
    package var maximumChainStepCount = 5000

    package init() {}
}

/// Percent-encoding of query strings (RFC 3986 §3.4); blanks become `%20`.
enum QueryEncoding {
    /// `name=value&name=value`
    static func text(_ pairs: [(name: String, value: String)]) -> String {
        var bytes: [UInt8] = []
        for (name, value) in pairs {
            if !bytes.isEmpty { bytes.append(UInt8(ascii: "&")) }
            append(name, to: &bytes)
            bytes.append(UInt8(ascii: "="))
            append(value, to: &bytes)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func append(_ text: String, to result: inout [UInt8]) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"), UInt8(ascii: ":"), UInt8(ascii: "/"), UInt8(ascii: ","), UInt8(ascii: "$"),
                UInt8(ascii: "*"):
                result.append(byte)
            default:
                let digits: StaticString = "0123456789ABCDEF"
                result.append(UInt8(ascii: "%"))
                result.append(digits.utf8Start[Int(byte >> 4)])
                result.append(digits.utf8Start[Int(byte & 15)])
            }
        }
    }
}
