/// Where code systems, value sets and concept maps come from.
///
/// A canonical is a URL, perhaps with `|version`; without one the newest active version is meant.
package protocol TerminologySource: Sendable {
    /// Nil where no such code system is known.
    func codeSystem(_ canonical: String) async throws -> (any CodeSystem)?
    /// Nil where no such value set is known.
    func valueSet(_ canonical: String) async throws -> ValueSetDefinition?
    /// Nil where no such concept map is known.
    func conceptMap(_ canonical: String) async throws -> ConceptMapDefinition?
    /// The maps that translate from (or, in reverse, to) codes of a system.
    func conceptMaps(from system: String, isReverse: Bool) async throws -> [ConceptMapDefinition]
}

/// The parts of a canonical: `http://x|1.2`.
package struct Canonical: Hashable, Sendable {
    package var url: String
    package var version: String?

    package init(_ text: String) {
        let bar = text.lastIndex(of: "|")
        url = bar.map { String(text[..<$0]) } ?? text
        version = bar.map { String(text[text.index(after: $0)...]) }
    }

    package init(url: String, version: String?) {
        self.url = url
        self.version = version
    }

    package var text: String { version.map { "\(url)|\($0)" } ?? url }
}

/// A code in its system.
package struct Concept: Hashable, Sendable {
    package var system: String
    package var code: String

    package init(system: String, code: String) {
        self.system = system
        self.code = code
    }
}
