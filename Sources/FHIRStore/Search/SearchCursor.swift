import FHIRSearch

/// Where a page begins: the sort values and row number of the last match before it.
///
/// Opaque to clients. Bound to its search by a fingerprint of type, criteria and order, so that a cursor pasted into
/// another search is refused instead of giving nonsense.
struct SearchCursor: Hashable {
    /// One per sort key, as PostgreSQL wrote it; nil where the value is missing.
    var values: [String?]
    var rid: Int64

    init(values: [String?], rid: Int64) {
        self.values = values
        self.rid = rid
    }

    /// Reads a link's cursor; throws `.invalidCursor` for anything that was not made for this search.
    init(text: String, request: SearchRequest) throws(SearchError) {
        let invalid = SearchError(.invalidCursor, "The page link does not belong to this search.")
        guard let bytes = Base64URL.decode(text), !bytes.contains(0),
            let decoded = String(validating: bytes, as: UTF8.self)
        else {
            throw invalid
        }
        let fields = decoded.split(separator: Self.separator, omittingEmptySubsequences: false)
        guard fields.count == request.sort.count + 2, fields[0] == Self.fingerprint(request), let rid = Int64(fields[1])
        else { throw invalid }
        self.rid = rid
        values = []
        for field in fields.dropFirst(2) {
            switch field.first {
            case "n" where field.count == 1: values.append(nil)
            case "v": values.append(String(field.dropFirst()))
            default: throw invalid
            }
        }
    }

    func text(for request: SearchRequest) -> String {
        var fields = [Self.fingerprint(request), String(rid)]
        fields += values.map { $0.map { "v" + $0 } ?? "n" }
        return Base64URL.encode(Array(fields.joined(separator: String(Self.separator)).utf8))
    }

    private static let separator: Character = "\u{1F}"

    /// Changes with everything that the order of matches depends on, and with nothing else.
    private static func fingerprint(_ request: SearchRequest) -> String {
        let shaping: Set<String> = ["_count", "_format", "_pretty", "_summary", "_elements", "_total"]
        let parts = request.understood.filter { !shaping.contains($0.name) }.map { $0.name + "=" + $0.value }
        let text = "\(request.typeName)?" + parts.joined(separator: "&")
        return String(XXHash64.hash(text), radix: 36)
    }
}
