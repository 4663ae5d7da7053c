import FHIRSearch
import JSONTape

/// Where a page of one type's matches begins, and what every page of the walk has to agree on.
///
/// Opaque to clients, and signed (see `LinkSigner`). Bound to its search by a fingerprint of type, criteria and order,
/// so that a cursor pasted into another search is refused instead of giving nonsense.
struct SearchCursor: Hashable {
    /// The sort values of the match next to the page, one per key, as PostgreSQL wrote them; nil where the value is
    /// missing.
    var values: [String?]
    /// Row number of that match.
    var rid: Int64
    var walk: SearchWalk

    init(values: [String?], rid: Int64, walk: SearchWalk = SearchWalk()) {
        self.values = values
        self.rid = rid
        self.walk = walk
    }

    /// Reads what `payload` wrote; nil for a cursor of another search.
    init?(payload: [UInt8], request: SearchRequest) {
        guard let document = try? Document.parse(payload) else { return nil }
        let fields = JSONNode(document).items
        guard fields.count == 4, fields[0].string == Self.fingerprint(request), let walk = SearchWalk(fields[1]),
            let rid = fields[2].integer
        else { return nil }
        self.init(values: fields[3].items.map(\.string), rid: Int64(rid), walk: walk)
    }

    /// `[fingerprint, [walk], rid, [values]]`
    func payload(for request: SearchRequest) -> [UInt8] {
        var writer = JSONWriter(reservingByteCount: 128)
        writer.beginArray()
        writer.string(Self.fingerprint(request))
        walk.write(to: &writer)
        writer.number(Int(rid))
        writer.beginArray()
        for value in values {
            if let value { writer.string(value) } else { writer.null() }
        }
        writer.endArray()
        writer.endArray()
        return writer.bytes
    }

    private static func fingerprint(_ request: SearchRequest) -> String {
        SearchWalk.fingerprint(path: request.path, understood: request.understood)
    }
}

/// What all pages of one walk share: fixed by the first, carried in the links.
struct SearchWalk: Hashable {
    /// Only what was there at the first page: a row number, or microseconds since 1970 over several types. Nil if the
    /// order alone keeps later rows out.
    var bound: Int64?
    var total: Int?
    var isTotalEstimated = false
    /// Whether the page ends before the cursor instead of beginning behind it.
    var isBackward = false

    init(bound: Int64? = nil) {
        self.bound = bound
    }

    init?(_ node: JSONNode) {
        let fields = node.items
        guard fields.count == 4 else { return nil }
        bound = fields[0].integer.map { Int64($0) }
        total = fields[1].integer
        isTotalEstimated = fields[2].bool ?? false
        isBackward = fields[3].bool ?? false
    }

    func write(to writer: inout JSONWriter) {
        writer.beginArray()
        for number in [bound.map { Int($0) }, total] {
            if let number { writer.number(number) } else { writer.null() }
        }
        writer.bool(isTotalEstimated)
        writer.bool(isBackward)
        writer.endArray()
    }

    /// The same walk in a given direction.
    func turned(isBackward: Bool) -> SearchWalk {
        var walk = self
        walk.isBackward = isBackward
        return walk
    }

    /// Parameters on which neither what matches nor its order depends: they may change within a walk.
    private static let shaping: Set<String> = [
        "_count", "_format", "_pretty", "_summary", "_elements", "_elements:exclude", "_total", "_include",
        "_include:iterate", "_include:recurse", "_revinclude", "_revinclude:iterate", "_revinclude:recurse",
    ]

    /// Changes with everything that the order of matches depends on, and with nothing else.
    static func fingerprint(path: String, understood: [(name: String, value: String)]) -> String {
        let parts = understood.filter { !shaping.contains($0.name) }.map { $0.name + "=" + $0.value }
        return String(XXHash64.hash("\(path)?" + parts.joined(separator: "&")), radix: 36)
    }
}
