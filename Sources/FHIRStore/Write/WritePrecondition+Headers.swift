extension WritePrecondition {
    /// Reads `If-Match` and `If-None-Match` as R4 http#concurrency uses them.
    ///
    /// A version is `W/"3"`; proxies send `"3"`, `"3-gzip"` or `3` too. Throws `StoreError` for what names no version.
    package init(ifMatch: String?, ifNoneMatch: String?) throws {
        var mustBeNew = false
        if let ifNoneMatch {
            guard ifNoneMatch.trimmingSpaces == "*" else {
                throw StoreError(.invalidRequest, "a write takes no If-None-Match but *")
            }
            mustBeNew = true
        }
        guard let ifMatch, ifMatch.trimmingSpaces != "*" else {
            self.init(versions: nil, mustBeNew: mustBeNew, mayCreate: ifMatch == nil)
            return
        }
        let versions = Self.versions(inTags: ifMatch)
        guard let versions else { throw StoreError(.invalidRequest, "If-Match holds no version such as W/\"3\"") }
        self.init(versions: versions, mustBeNew: mustBeNew)
    }

    /// Versions named by a list of entity tags; nil if one of them is malformed.
    ///
    /// A tag that is well-formed but no number can match no version of ours and gives 0.
    package static func versions(inTags tags: String) -> [Int]? {
        var versions: [Int] = []
        for part in tags.split(separator: ",") {
            var tag = part.trimmingSpaces
            // Proxies that compress put their mark inside or behind the quotes.
            if tag.hasSuffix("\"-gzip") { tag.removeLast(5) }
            if tag.hasPrefix("W/") || tag.hasPrefix("w/") { tag.removeFirst(2) }
            if tag.hasPrefix("\"") {
                guard tag.count >= 2, tag.hasSuffix("\"") else { return nil }
                tag = String(tag.dropFirst().dropLast())
            }
            if tag.hasSuffix("-gzip") { tag.removeLast(5) }
            guard !tag.isEmpty, !tag.contains("\"") else { return nil }
            versions.append(Int(tag) ?? 0)
        }
        return versions.isEmpty ? nil : versions
    }
}

extension StringProtocol {
    var trimmingSpaces: String {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        guard let first = firstIndex(where: { !isSpace($0) }), let last = lastIndex(where: { !isSpace($0) }) else {
            return ""
        }
        return String(self[first...last])
    }
}
