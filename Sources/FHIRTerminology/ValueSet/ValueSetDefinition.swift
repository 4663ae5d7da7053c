package import JSONTape

/// A ValueSet resource as its meaning (R4 valueset.html#compositions).
package struct ValueSetDefinition: Sendable {
    /// One `include` or `exclude`: all that it says has to hold of a code.
    package struct Part: Sendable {
        package var system: String?
        package var version: String?
        /// The codes themselves; nil where they are not listed.
        package var concepts: [Listed]?
        package var filters: [ConceptFilter]
        /// Canonicals of value sets that have the code too.
        package var valueSets: [String]

        package init(
            system: String?, version: String? = nil, concepts: [Listed]? = nil, filters: [ConceptFilter] = [],
            valueSets: [String] = []
        ) {
            self.system = system
            self.version = version
            self.concepts = concepts
            self.filters = filters
            self.valueSets = valueSets
        }

        /// Whether it means every code of a system.
        var isWholeSystem: Bool { system != nil && concepts == nil && filters.isEmpty && valueSets.isEmpty }
    }

    /// A code that is named, with the texts to use for it here.
    package struct Listed: Sendable {
        package var code: String
        package var display: String?
        package var designations: [Designation]
    }

    package var canonical: Canonical
    package var includes: [Part]
    package var excludes: [Part]
    /// R4 valueset-definitions.html#ValueSet.compose.inactive
    package var takesInactive: Bool
    /// The expansion that the resource brings along, where it holds all of it.
    package var storedExpansion: [ExpansionEntry]?
    /// Whether the resource says how its codes are found.
    package var hasDefinition: Bool
    /// The resource; nil for value sets that a URL alone stands for.
    package var resource: JSONNode?

    package init(canonical: Canonical, includes: [Part]) {
        self.canonical = canonical
        self.includes = includes
        excludes = []
        takesInactive = true
        hasDefinition = true
    }

    /// - Throws: for filters that no server could understand.
    package init(_ resource: JSONNode) throws(TerminologyError) {
        self.resource = resource
        canonical = Canonical(url: resource["url"]?.string ?? "", version: resource["version"]?.string)
        let compose = resource["compose"]
        hasDefinition = compose != nil
        takesInactive = compose?["inactive"]?.bool ?? true
        includes = try Self.parts(compose?["include"])
        excludes = try Self.parts(compose?["exclude"])
        storedExpansion = resource["expansion"].flatMap(Self.entries)
    }

    private static func parts(_ node: JSONNode?) throws(TerminologyError) -> [Part] {
        var parts: [Part] = []
        for item in node?.items ?? [] {
            var filters: [ConceptFilter] = []
            for filter in item["filter"]?.items ?? [] {
                guard let property = filter["property"]?.string, let value = filter["value"]?.string,
                    let op = filter["op"]?.string.flatMap(ConceptFilter.Operator.init)
                else {
                    throw TerminologyError(
                        .invalidDefinition, "The value set is defined by a filter that this server does not know.")
                }
                filters.append(ConceptFilter(property: property, op: op, value: value))
            }
            let concepts = item["concept"].map { list in
                list.items.compactMap { node in
                    node["code"]?.string.map { code in
                        Listed(
                            code: code, display: node["display"]?.string,
                            designations: ConceptReader.designations(node))
                    }
                }
            }
            parts.append(
                Part(
                    system: item["system"]?.string, version: item["version"]?.string, concepts: concepts,
                    filters: filters, valueSets: item["valueSet"]?.items.compactMap(\.string) ?? []))
        }
        return parts
    }

    /// The codes of a stored expansion; nil if it is a page of one, or empty.
    private static func entries(_ expansion: JSONNode) -> [ExpansionEntry]? {
        guard let contains = expansion["contains"] else { return nil }
        var entries: [ExpansionEntry] = []
        var count = 0
        func add(_ nodes: [JSONNode]) {
            for node in nodes {
                count += 1
                if let code = node["code"]?.string {
                    entries.append(
                        ExpansionEntry(
                            system: node["system"]?.string ?? "", version: node["version"]?.string, code: code,
                            display: node["display"]?.string, designations: ConceptReader.designations(node),
                            isInactive: node["inactive"]?.bool ?? false, isAbstract: node["abstract"]?.bool ?? false))
                }
                add(node["contains"]?.items ?? [])
            }
        }
        add(contains.items)
        if let total = expansion["total"]?.integer, total > count { return nil }
        if let offset = expansion["offset"]?.integer, offset > 0 { return nil }
        return entries
    }
}

/// One code of an expanded value set (R4 valueset-definitions.html#ValueSet.expansion.contains).
package struct ExpansionEntry: Sendable {
    package var system: String
    package var version: String?
    package var code: String
    /// In the language of the code system.
    package var display: String?
    /// Whether the value set itself says what to show.
    package var hasOwnDisplay = false
    package var designations: [Designation]
    /// Language of ``display``.
    package var language: String?
    package var isInactive: Bool
    package var isAbstract: Bool
    package var parents: [String] = []

    package init(
        system: String, version: String?, code: String, display: String?, designations: [Designation] = [],
        isInactive: Bool = false, isAbstract: Bool = false
    ) {
        self.system = system
        self.version = version
        self.code = code
        self.display = display
        self.designations = designations
        self.isInactive = isInactive
        self.isAbstract = isAbstract
    }

    init(_ concept: CodeSystemConcept, _ header: CodeSystemHeader) {
        self.init(
            system: header.url, version: header.version, code: concept.code, display: concept.display,
            designations: concept.designations, isInactive: concept.isInactive, isAbstract: concept.isAbstract)
        language = header.language
        parents = concept.parents
    }

    package var concept: Concept { Concept(system: system, code: code) }

    /// What to show in the first of the languages that there is a text in.
    package func display(in languages: [String]) -> String? {
        Designation.display(display, language, designations, languages)
    }

    func matches(_ text: TextFilter) -> Bool {
        text.matches(code: code, [display].compactMap(\.self) + designations.map(\.value))
    }
}
