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

/// Base 64 for URLs without padding (RFC 4648 §5).
enum Base64URL {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var output: [UInt8] = []
        var bits = 0
        var bitCount = 0
        for byte in bytes {
            bits = bits << 8 | Int(byte)
            bitCount += 8
            while bitCount >= 6 {
                bitCount -= 6
                output.append(alphabet[bits >> bitCount & 63])
            }
            bits &= 0xFFFF
        }
        if bitCount > 0 { output.append(alphabet[bits << (6 - bitCount) & 63]) }
        return String(decoding: output, as: UTF8.self)
    }

    /// Nil for text that `encode` never writes.
    static func decode(_ text: String) -> [UInt8]? {
        var output: [UInt8] = []
        var bits = 0
        var bitCount = 0
        for character in text.utf8 {
            guard let value = alphabet.firstIndex(of: character) else { return nil }
            bits = bits << 6 | value
            bitCount += 6
            if bitCount >= 8 {
                bitCount -= 8
                output.append(UInt8(truncatingIfNeeded: bits >> bitCount))
            }
            bits &= 0xFFFF
        }
        guard bitCount < 6, bits & (1 << bitCount - 1) == 0 else { return nil }
        return output
    }
}
