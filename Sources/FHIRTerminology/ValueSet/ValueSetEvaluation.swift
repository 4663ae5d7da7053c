/// Works out which codes value sets hold, for one question (R4 valueset.html#expansion).
///
/// What was worked out for one value set is kept for the time of the question, so that value sets that import each
/// other many times over take no longer than their number.
final class ValueSetEvaluation {
    let source: any TerminologySource
    let limits: TerminologyLimits
    /// Canonicals of the value sets that were imported, in order.
    private(set) var importedValueSets: [String] = []
    private var systems: [String: any CodeSystem] = [:]
    private var definitions: [String: ValueSetDefinition] = [:]
    private var members: [String: [ExpansionEntry]] = [:]
    private var answers: [String: [Concept: Bool]] = [:]
    /// As `members`, for searches.
    var sets: [String: ConceptSet] = [:]
    private var conceptCount = 0
    private var steps = 0

    init(source: any TerminologySource, limits: TerminologyLimits) {
        self.source = source
        self.limits = limits
    }

    // MARK: - Sources

    func system(_ url: String, version: String?) async throws -> any CodeSystem {
        guard let system = try await knownSystem(url, version: version) else {
            throw TerminologyError.unresolved(system: Canonical(url: url, version: version).text)
        }
        return system
    }

    func knownSystem(_ url: String, version: String?) async throws -> (any CodeSystem)? {
        let canonical = Canonical(url: url, version: version).text
        if let known = systems[canonical] { return known }
        let found = try await source.codeSystem(canonical)
        systems[canonical] = found
        return found
    }

    /// A value set that another one imports.
    func imported(_ canonical: String) async throws -> ValueSetDefinition {
        if let known = definitions[canonical] { return known }
        guard definitions.count < limits.valueSetCount else {
            throw TerminologyError(.tooCostly, "The value set is made of too many value sets.")
        }
        importedValueSets.append(canonical)
        guard let found = try await source.valueSet(canonical) else {
            throw TerminologyError(
                .unresolved, "The value set imports \(canonical), which is not known to this server.")
        }
        definitions[canonical] = found
        return found
    }

    func enter(_ canonical: String, _ path: [String]) throws(TerminologyError) -> [String] {
        guard path.count < limits.valueSetDepth, !path.contains(canonical) else {
            throw TerminologyError(
                .invalidDefinition, "The value set imports itself or nests too deep: \(canonical).")
        }
        return path + [canonical]
    }

    private func count(_ number: Int) throws(TerminologyError) {
        conceptCount += number
        guard conceptCount <= limits.conceptCount else {
            throw TerminologyError(
                .tooCostly, "More than \(limits.conceptCount) codes would have to be put together; narrow the question."
            )
        }
    }

    // MARK: - All codes

    /// Every code, each once, in the order of the definition.
    ///
    /// - Parameter text: leaves out what does not match before it is put together.
    func members(
        of definition: ValueSetDefinition, text: TextFilter? = nil, path: [String] = []
    ) async throws -> [ExpansionEntry] {
        guard definition.hasDefinition else { return try stored(definition, text) }
        do {
            return try await composed(definition, text, path)
        } catch let error as TerminologyError where error.code == .unresolved && definition.storedExpansion != nil {
            // Whoever made the expansion knew the systems.
            return try stored(definition, text)
        }
    }

    private func stored(_ definition: ValueSetDefinition, _ text: TextFilter?) throws -> [ExpansionEntry] {
        guard let entries = definition.storedExpansion else {
            throw TerminologyError(
                .invalidDefinition, "The value set has neither a definition nor a complete expansion.")
        }
        try count(entries.count)
        guard let text else { return entries }
        return entries.filter { $0.matches(text) }
    }

    private func composed(
        _ definition: ValueSetDefinition, _ text: TextFilter?, _ path: [String]
    ) async throws -> [ExpansionEntry] {
        var result: [ExpansionEntry] = []
        var seen: Set<Concept> = []
        for part in definition.includes {
            for entry in try await members(of: part, text: text, path: path)
            where !(entry.isInactive && !definition.takesInactive) && seen.insert(entry.concept).inserted {
                result.append(entry)
            }
        }
        for part in definition.excludes where !result.isEmpty {
            if part.isWholeSystem {
                result.removeAll { $0.system == part.system }
            } else {
                let excluded = Set(try await members(of: part, text: nil, path: path).map(\.concept))
                result.removeAll { excluded.contains($0.concept) }
            }
        }
        return result
    }

    private func importedMembers(_ canonical: String, _ path: [String]) async throws -> [ExpansionEntry] {
        let inner = try enter(canonical, path)
        if let known = members[canonical] { return known }
        let entries = try await members(of: try await imported(canonical), path: inner)
        members[canonical] = entries
        return entries
    }

    func members(
        of part: ValueSetDefinition.Part, text: TextFilter?, path: [String]
    ) async throws -> [ExpansionEntry] {
        var result: [ExpansionEntry]?
        if let system = part.system {
            result =
                part.concepts == nil
                ? try await selected(part, system, text) : try await listed(part, system, text)
        }
        for canonical in part.valueSets {
            let entries = try await importedMembers(canonical, path)
            if let known = result {
                let set = Set(entries.map(\.concept))
                result = known.filter { set.contains($0.concept) }
            } else {
                result = entries.filter { entry in text.map(entry.matches) ?? true }
            }
        }
        return result ?? []
    }

    private func selected(
        _ part: ValueSetDefinition.Part, _ system: String, _ text: TextFilter?
    ) async throws -> [ExpansionEntry] {
        let content = try await self.system(system, version: part.version)
        guard content.header.isComplete || !part.filters.isEmpty else {
            throw TerminologyError.unresolved(system: system)
        }
        let limit = limits.conceptCount + 1
        let found = try await content.select(ConceptSelection(filters: part.filters, text: text, limit: limit))
        try count(found.total)
        return found.concepts.map { ExpansionEntry($0, content.header) }
    }

    /// The listed codes, as far as the system has them; all of them where the system is not known.
    private func listed(
        _ part: ValueSetDefinition.Part, _ system: String, _ text: TextFilter?
    ) async throws -> [ExpansionEntry] {
        let content = try await knownSystem(system, version: part.version)
        var entries: [ExpansionEntry] = []
        try count(part.concepts?.count ?? 0)
        for listed in part.concepts ?? [] {
            let concept = try await content?.concept(listed.code)
            if let content, content.header.hasNoOtherCodes, concept == nil { continue }
            var entry: ExpansionEntry
            if let concept, let content {
                entry = ExpansionEntry(concept, content.header)
            } else {
                entry = ExpansionEntry(system: system, version: part.version, code: listed.code, display: nil)
            }
            entry.show(listed, language: part.language)
            if let text, !entry.matches(text) { continue }
            entries.append(entry)
        }
        return entries
    }

    // MARK: - One code

    /// Whether a value set holds a code; nothing is put together for that.
    func contains(
        _ concept: Concept, version: String? = nil, in definition: ValueSetDefinition, path: [String] = []
    ) async throws -> Bool {
        guard definition.hasDefinition else {
            return try stored(definition, nil).contains { $0.concept == concept && !$0.isAbstract }
        }
        do {
            return try await composedContains(concept, version, definition, path)
        } catch let error as TerminologyError where error.code == .unresolved && definition.storedExpansion != nil {
            return try stored(definition, nil).contains { $0.concept == concept && !$0.isAbstract }
        }
    }

    private func composedContains(
        _ concept: Concept, _ version: String?, _ definition: ValueSetDefinition, _ path: [String]
    ) async throws -> Bool {
        var isIncluded = false
        // What cannot be told is no error as long as another part holds the code.
        var failure: (any Error)?
        for part in definition.includes where !isIncluded {
            do {
                isIncluded = try await contains(concept, version, part, path)
            } catch let error as TerminologyError where error.code == .unresolved {
                failure = error
            }
        }
        guard isIncluded else {
            if let failure { throw failure }
            return false
        }
        for part in definition.excludes where try await contains(concept, version, part, path) { return false }
        if !definition.takesInactive,
            let found = try await knownSystem(concept.system, version: version)?.concept(concept.code)
        {
            return !found.isInactive
        }
        return true
    }

    private func contains(
        _ concept: Concept, _ version: String?, _ part: ValueSetDefinition.Part, _ path: [String]
    ) async throws -> Bool {
        steps += 1
        guard steps <= limits.conceptCount else {
            throw TerminologyError(.tooCostly, "The value set is made of too many parts.")
        }
        if let system = part.system {
            guard system == concept.system else { return false }
            if let version, let wanted = part.version, version != wanted { return false }
            guard try await holds(part, concept.code, system) else { return false }
        }
        for canonical in part.valueSets {
            let inner = try enter(canonical, path)
            if let known = answers[canonical]?[concept] {
                if known { continue }
                return false
            }
            let definition = try await imported(canonical)
            let isIn = try await contains(concept, version: version, in: definition, path: inner)
            answers[canonical, default: [:]][concept] = isIn
            if !isIn { return false }
        }
        return part.system != nil || !part.valueSets.isEmpty
    }

    private func holds(_ part: ValueSetDefinition.Part, _ code: String, _ system: String) async throws -> Bool {
        if let concepts = part.concepts {
            if concepts.contains(where: { $0.code == code }) {
                guard let content = try await knownSystem(system, version: part.version),
                    content.header.hasNoOtherCodes
                else { return true }
                return try await content.concept(code) != nil
            }
            guard let content = try await knownSystem(system, version: part.version),
                !content.header.isCaseSensitive
            else { return false }
            return concepts.contains { $0.code.lowercased() == code.lowercased() }
        }
        let content = try await self.system(system, version: part.version)
        if part.filters.isEmpty {
            if try await content.concept(code) != nil { return true }
            if !content.header.isComplete { throw TerminologyError.unresolved(system: system) }
            return false
        }
        return try await content.contains(code, filters: part.filters)
    }
}

extension ExpansionEntry {
    /// Takes the texts that a value set gives for a code.
    mutating func show(_ listed: ValueSetDefinition.Listed, language own: String?) {
        if let text = listed.display {
            // Whoever wants the system's language is shown the system's text.
            if let own, let language, own != language, let display {
                designations.append(Designation(language: language, value: display))
            }
            display = text
            language = own ?? language
            hasOwnDisplay = true
        }
        designations = listed.designations + designations
    }
}
