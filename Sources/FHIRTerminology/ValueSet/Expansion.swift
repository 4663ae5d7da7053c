/// How a value set is to be expanded (R4 valueset-operation-expand.html).
package struct ExpansionWish: Sendable {
    package var filter: TextFilter?
    package var activeOnly = false
    /// Whether codes that only group others are left out.
    package var selectableOnly = false
    package var offset: Int?
    package var count: Int?
    /// `url|version` of systems, for parts of value sets that name no version.
    package var systemVersions: [Canonical] = []
    /// Systems to leave out, perhaps in one version only.
    package var excludedSystems: [Canonical] = []

    package init() {}

    package var isPaged: Bool { offset != nil || count != nil }
}

/// The codes of a value set, or a page of them.
package struct Expansion: Sendable {
    package var entries: [ExpansionEntry]
    /// How many there are on all pages.
    package var total: Int
    /// `system|version` of the code systems that were used, sorted.
    package var systems: [String]
    /// Canonicals of the value sets that were imported, sorted.
    package var valueSets: [String]
}

/// All codes of a value set, kept for further questions.
package struct WholeExpansion: Sendable {
    package var entries: [ExpansionEntry]
    /// Canonicals of the value sets that were imported.
    package var valueSets: [String]
}

extension Terminology {
    /// One page of the codes, or all of them.
    ///
    /// - Parameter whole: the codes where they are known already.
    /// - Throws: `TerminologyError` with `.tooCostly` for all of too many.
    package func expand(
        _ valueSet: ValueSetDefinition, _ wish: ExpansionWish, whole: WholeExpansion? = nil
    ) async throws -> Expansion {
        let definition = adapted(valueSet, wish)
        let evaluation = evaluation()
        if whole == nil, let page = try await page(definition, wish, evaluation) { return page }
        var entries: [ExpansionEntry]
        if let whole {
            entries = whole.entries
            if let filter = wish.filter { entries = entries.filter { $0.matches(filter) } }
        } else {
            let path = valueSet.canonical.url.isEmpty ? [] : [valueSet.canonical.url]
            entries = try await evaluation.members(of: definition, text: wish.filter, path: path)
        }
        if wish.activeOnly { entries.removeAll(where: \.isInactive) }
        if wish.selectableOnly { entries.removeAll(where: \.isAbstract) }
        let systems = Set(entries.map { Canonical(url: $0.system, version: $0.version).text }).sorted()
        let total = entries.count
        let offset = wish.offset ?? 0
        let limit = try pageLimit(wish, total: total)
        let page = offset < total ? Array(entries[offset..<min(total, offset + limit)]) : []
        return Expansion(
            entries: page, total: total, systems: systems,
            valueSets: Set(whole?.valueSets ?? evaluation.importedValueSets).sorted())
    }

    /// All codes of a value set.
    package func whole(_ valueSet: ValueSetDefinition) async throws -> WholeExpansion {
        let evaluation = evaluation()
        let path = valueSet.canonical.url.isEmpty ? [] : [valueSet.canonical.url]
        let entries = try await evaluation.members(of: valueSet, path: path)
        return WholeExpansion(entries: entries, valueSets: evaluation.importedValueSets)
    }

    private func pageLimit(_ wish: ExpansionWish, total: Int) throws -> Int {
        if let count = wish.count { return min(count, limits.pageCount) }
        guard total - (wish.offset ?? 0) <= limits.pageCount else {
            throw TerminologyError(
                .tooCostly,
                "The value set has \(total) codes, more than the \(limits.pageCount) of one answer; "
                    + "ask for pages with count and offset, or narrow it with filter.")
        }
        return limits.pageCount
    }

    /// The value set in the versions asked for, and without the systems to leave out.
    private func adapted(_ valueSet: ValueSetDefinition, _ wish: ExpansionWish) -> ValueSetDefinition {
        guard !wish.systemVersions.isEmpty || !wish.excludedSystems.isEmpty else { return valueSet }
        var result = valueSet
        for index in result.includes.indices where result.includes[index].version == nil {
            result.includes[index].version =
                wish.systemVersions.first { $0.url == result.includes[index].system }?.version
        }
        result.excludes += wish.excludedSystems.map { ValueSetDefinition.Part(system: $0.url, version: $0.version) }
        return result
    }

    /// Whether pages are cut by the code system itself, as the value set is one selection of a large one.
    package func isPageOfLargeSystem(_ definition: ValueSetDefinition) async throws -> Bool {
        try await largeSystem(definition, evaluation()) != nil
    }

    private func largeSystem(
        _ definition: ValueSetDefinition, _ evaluation: ValueSetEvaluation
    ) async throws -> (part: ValueSetDefinition.Part, system: any CodeSystem)? {
        guard definition.hasDefinition, definition.includes.count == 1, definition.excludes.isEmpty else { return nil }
        let part = definition.includes[0]
        guard let url = part.system, part.concepts == nil, part.valueSets.isEmpty,
            let system = try await evaluation.knownSystem(url, version: part.version), system.header.isLarge,
            system.header.isComplete || !part.filters.isEmpty
        else { return nil }
        return (part, system)
    }

    /// A page of one large system, which is not gone through code by code.
    private func page(
        _ definition: ValueSetDefinition, _ wish: ExpansionWish, _ evaluation: ValueSetEvaluation
    ) async throws -> Expansion? {
        guard let (part, system) = try await largeSystem(definition, evaluation) else { return nil }
        let limit = min(wish.count ?? limits.pageCount, limits.pageCount)
        let found = try await system.select(
            ConceptSelection(
                filters: part.filters, text: wish.filter, activeOnly: wish.activeOnly || !definition.takesInactive,
                offset: wish.offset ?? 0, limit: limit))
        _ = try pageLimit(wish, total: found.total)
        return Expansion(
            entries: found.concepts.map { ExpansionEntry($0, system.header) }, total: found.total,
            systems: [system.header.canonical], valueSets: [])
    }
}
