/// One concept of a code system (R4 codesystem-definitions.html#CodeSystem.concept).
package struct CodeSystemConcept: Sendable {
    package var code: String
    package var display: String?
    package var definition: String?
    package var designations: [Designation]
    package var properties: [Property]
    /// Codes that this one is a kind of, directly.
    package var parents: [String]
    /// Codes that are kinds of this one, directly.
    package var children: [String]
    /// Whether it should no longer be used.
    package var isInactive: Bool
    /// Whether it only groups others and is not to be chosen itself.
    package var isAbstract: Bool

    package init(
        code: String, display: String?, definition: String? = nil, designations: [Designation] = [],
        properties: [Property] = [], parents: [String] = [], children: [String] = [], isInactive: Bool = false,
        isAbstract: Bool = false
    ) {
        self.code = code
        self.display = display
        self.definition = definition
        self.designations = designations
        self.properties = properties
        self.parents = parents
        self.children = children
        self.isInactive = isInactive
        self.isAbstract = isAbstract
    }

    /// One thing said of a concept.
    package struct Property: Hashable, Sendable {
        package var code: String
        /// Name of the element in JSON: `valueCode`, `valueBoolean`, …
        package var member: String
        /// The value as JSON.
        package var json: [UInt8]
        /// What filters compare: the code of a Coding, otherwise the value's text.
        package var text: String

        package init(code: String, member: String, json: [UInt8], text: String) {
            self.code = code
            self.member = member
            self.json = json
            self.text = text
        }
    }

    /// The display in the first of the languages that there is one for, otherwise the system's own.
    package func display(in languages: [String], systemLanguage: String?) -> String? {
        Designation.display(display, systemLanguage, designations, languages)
    }
}

/// Another text for a concept.
package struct Designation: Hashable, Sendable {
    /// What the text is meant for.
    package struct Use: Hashable, Sendable {
        package var system: String?
        package var code: String?
        package var display: String?

        package init(system: String?, code: String?, display: String?) {
            self.system = system
            self.code = code
            self.display = display
        }
    }

    package var language: String?
    package var use: Use?
    package var value: String

    package init(language: String?, use: Use? = nil, value: String) {
        self.language = language
        self.use = use
        self.value = value
    }

    /// Texts meant to be shown come before names that are spelled out in full.
    private var rank: Int {
        switch use?.code {
        case nil: 0
        case "display"?, "preferredForLanguage"?, "preferred"?: 0
        case "900000000000003001"?: 2
        default: 1
        }
    }

    /// Whether a text in language `have` serves whoever wants `want`: `de-AT` serves `de`, and `de` serves `de-AT`.
    static func serves(_ have: String?, _ want: String) -> Bool {
        guard let have = have?.lowercased() else { return false }
        let want = want.lowercased()
        return have == want || have.hasPrefix(want + "-") || want.hasPrefix(have + "-")
    }

    static func display(
        _ own: String?, _ ownLanguage: String?, _ designations: [Designation], _ languages: [String]
    ) -> String? {
        for language in languages {
            if language == "*" || serves(ownLanguage, language) { return own }
            let fitting = designations.filter { serves($0.language, language) }
            if let best = fitting.min(by: { $0.rank < $1.rank }) { return best.value }
        }
        return own
    }
}
