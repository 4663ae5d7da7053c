/// A code system that can be asked, wherever its concepts lie (R4 codesystem.html).
package protocol CodeSystem: Sendable {
    var header: CodeSystemHeader { get }

    /// The concept of a code; nil if there is none.
    func concept(_ code: String) async throws -> CodeSystemConcept?

    /// The concepts that a selection means, in the system's order.
    func select(_ selection: ConceptSelection) async throws -> SelectedConcepts

    /// Whether a code meets all filters; false for an unknown code.
    func contains(_ code: String, filters: [ConceptFilter]) async throws -> Bool

    /// Whether `descendant` is a kind of `ancestor`, or is it.
    func isKind(_ descendant: String, of ancestor: String) async throws -> Bool

    /// The code and all that are kinds of it, or all that it is a kind of; at most `limit`.
    func kinds(of code: String, isUpward: Bool, limit: Int) async throws -> [String]

    /// Which of the codes are kinds of which: of `codes` among each other, and between those and `known`.
    func kinship(of codes: [String], among known: [String]) async throws -> Kinship
}

/// What a code system says of itself.
package struct CodeSystemHeader: Sendable {
    package var url: String
    package var version: String?
    package var name: String?
    package var title: String?
    /// Language of the displays.
    package var language: String?
    /// Whether all of the system's codes are known here.
    package var isComplete: Bool
    package var isCaseSensitive: Bool
    /// Whether codes stand that a value set names and the system does not have: authors are not strict with grammars,
    /// and no more is R4's own ucum-common.
    package var takesNamedCodes = false
    /// Whether it is too large to be gone through concept by concept.
    package var isLarge: Bool

    package init(
        url: String, version: String? = nil, name: String? = nil, title: String? = nil, language: String? = nil,
        isComplete: Bool = true, isCaseSensitive: Bool = true, isLarge: Bool = false
    ) {
        self.url = url
        self.version = version
        self.name = name
        self.title = title
        self.language = language
        self.isComplete = isComplete
        self.isCaseSensitive = isCaseSensitive
        self.isLarge = isLarge
    }

    /// Whether no value set can name codes that are not known here.
    var hasNoOtherCodes: Bool { isComplete && !takesNamedCodes }

    /// `url|version`.
    package var canonical: String { Canonical(url: url, version: version).text }
}

/// Which concepts of a code system are wanted.
package struct ConceptSelection: Sendable {
    /// All have to hold.
    package var filters: [ConceptFilter] = []
    package var text: TextFilter?
    /// Whether concepts that should no longer be used are left out.
    package var activeOnly = false
    package var offset = 0
    package var limit: Int

    package init(
        filters: [ConceptFilter] = [], text: TextFilter? = nil, activeOnly: Bool = false, offset: Int = 0, limit: Int
    ) {
        self.filters = filters
        self.text = text
        self.activeOnly = activeOnly
        self.offset = offset
        self.limit = limit
    }
}

/// A page of a selection.
package struct SelectedConcepts: Sendable {
    package var concepts: [CodeSystemConcept]
    /// How many there are without offset and limit.
    package var total: Int

    package init(concepts: [CodeSystemConcept], total: Int) {
        self.concepts = concepts
        self.total = total
    }
}
