package import FHIRDefinitions
package import FHIRSearch

/// What a conditional interaction looks for: a search of one type that says which resource is meant
/// (R4 http.html#ccreate, #cond-update, #cond-delete).
///
/// Stricter than a search: something must be asked for and all of it understood, or else the interaction could reach
/// resources that nobody meant. `Prefer: handling=lenient` does not count here.
package struct ConditionalCriteria: Sendable {
    package let type: TypeID
    package let request: SearchRequest
    /// The criteria in one order, whatever order they were written in: equal for equal criteria.
    package let normalForm: String

    /// Under which key requests with these criteria wait for each other.
    package var lockKey: Int64 { Int64(bitPattern: XXHash64.hash(normalForm, seed: Self.seed)) }
    /// Under which key criteria of the type wait for requests that lock the type as a whole.
    var typeLockKey: Int64 { Int64(bitPattern: XXHash64.hash(request.typeName, seed: Self.seed)) }

    /// Keeps the keys apart from those of other advisory locks.
    private static let seed: UInt64 = 0x6D61_7274_6C65_7401

    /// Reads criteria given as a query string: `identifier=urn:x|1`, with or without `?` or `Type?` before it.
    ///
    /// Throws `SearchError` for what a search would refuse, `StoreError` (`.invalidRequest`) for what only a search
    /// may say.
    package init(type: TypeID, query: String, indexer: SearchIndexer) throws {
        var text = query[...]
        // Values may hold question marks too.
        if let mark = text.prefix(while: { $0 != "=" }).firstIndex(of: "?") {
            let name = indexer.definitions.name(of: type)
            guard mark == text.startIndex || text[..<mark] == name else {
                throw Self.refusal("the criteria are about another type than \(name)")
            }
            text = text[text.index(after: mark)...]
        }
        try self.init(type: type, pairs: QueryText.pairs(text), indexer: indexer)
    }

    /// Reads criteria given as decoded names and values; throws as `init(type:query:indexer:)`.
    package init(type: TypeID, pairs: [(name: String, value: String)], indexer: SearchIndexer) throws {
        guard !pairs.isEmpty else { throw Self.refusal("a conditional interaction needs search criteria") }
        for (name, value) in pairs {
            if Self.resultParameters.contains(String(name.prefix { $0 != ":" })) {
                throw Self.refusal("\(name) shapes the answer to a search; it is no criterion", name)
            }
            if name.utf8.contains(0) || value.utf8.contains(0) {
                throw Self.refusal("the criteria hold the character U+0000")
            }
            // A search ignores such a parameter, and would find more than was asked for.
            if value.utf8.allSatisfy({ $0 == UInt8(ascii: ",") }) {
                throw Self.refusal("the parameter has no value", name)
            }
        }
        self.type = type
        request = try SearchRequest.parse(type: type, pairs: pairs, handling: .strict, indexer: indexer)
        guard !request.criteria.isEmpty, request.understood.count == pairs.count else {
            throw Self.refusal("a conditional interaction takes nothing but search criteria")
        }
        // What has to be looked up first is asked again when it is known.
        let isKnown = !request.criteria.contains(where: \.needsLookup)
        if isKnown, PredicateBuilder(indexer: indexer, now: 0).predicate(for: request) == .always {
            throw Self.matchesAll
        }
        normalForm = Self.normalForm(request.typeName, pairs)
    }

    static let matchesAll = refusal("the criteria match every resource of the type")

    private static let resultParameters: Set<String> = [
        "_sort", "_count", "_include", "_revinclude", "_total", "_summary", "_elements", "_format", "_pretty",
        "_contained", "_containedType", "_cursor",
    ]

    private static func refusal(_ message: String, _ parameter: String? = nil) -> StoreError {
        StoreError(
            .invalidRequest, message, expression: parameter.map { "http.\($0)" }, details: "invalid-criteria")
    }

    /// Parameters by name and value, each once, their alternatives sorted; `\u{1}` and `\u{2}` stand in no value.
    private static func normalForm(_ typeName: String, _ pairs: [(name: String, value: String)]) -> String {
        let texts = pairs.map { name, value in
            let alternatives = Set(SearchText.alternatives(value)).sorted()
            return name + "\u{2}" + alternatives.joined(separator: ",")
        }
        return typeName + "?" + Set(texts).sorted().joined(separator: "\u{1}")
    }
}
