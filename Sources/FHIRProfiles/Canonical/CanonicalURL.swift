/// A reference to a definition: `http://x/y|1.2#z` (R4 references.html#canonical).
package struct CanonicalURL: Hashable, Sendable, CustomStringConvertible {
    package var url: String
    /// Business version behind `|`; nil where any will do, which means the newest.
    package var version: String?

    package init(url: String, version: String? = nil) {
        self.url = url
        self.version = version
    }

    /// Reads the text of a canonical; a fragment is of no account.
    package init(_ text: String) {
        var rest = text[...]
        if let mark = rest.lastIndex(of: "#") { rest = rest[..<mark] }
        if let bar = rest.lastIndex(of: "|") {
            version = String(rest[rest.index(after: bar)...])
            rest = rest[..<bar]
        } else {
            version = nil
        }
        url = String(rest)
        if version?.isEmpty == true { version = nil }
    }

    package var description: String { version.map { "\(url)|\($0)" } ?? url }
}
