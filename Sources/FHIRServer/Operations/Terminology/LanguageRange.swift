/// The languages that a client wants texts in (RFC 9110 §12.5.4).
enum LanguageRange {
    /// Tags in the order wanted, at most ten; none for a list that cannot be read.
    static func tags(_ text: String?) -> [String] {
        guard let text else { return [] }
        var wanted: [(tag: String, weight: Double, position: Int)] = []
        for item in text.split(separator: ",").prefix(10) {
            let parts = item.split(separator: ";").map { $0.filter { $0 != " " } }
            guard let tag = parts.first, !tag.isEmpty else { continue }
            let quality = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
            if quality > 0 { wanted.append((String(tag), quality, wanted.count)) }
        }
        return wanted.sorted { ($1.weight, $0.position) < ($0.weight, $1.position) }.map(\.tag)
    }
}
