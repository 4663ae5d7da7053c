/// One row of a closure table: a code, and a broader one (R4 terminology-service.html#closure).
package struct ClosureEntry: Hashable, Sendable {
    package var system: String
    package var code: String
    /// Of the same system.
    package var ancestor: String

    package init(system: String, code: String, ancestor: String) {
        self.system = system
        self.code = code
        self.ancestor = ancestor
    }
}

/// What concepts add to a closure table.
package struct ClosureGrowth: Sendable {
    /// Concepts that were not in the table, as their systems write them.
    package var concepts: [Concept] = []
    package var entries: [ClosureEntry] = []

    package init() {}
}

extension Terminology {
    /// What the table gets by new concepts: those that it does not have yet, and how they stand to all others.
    ///
    /// - Parameter known: the concepts in the table, of the systems of the new ones at least.
    /// - Throws: `TerminologyError` for systems and codes that nobody knows.
    package func closureGrowth(
        by questions: [CodingQuestion], known: Set<Concept>
    ) async throws -> ClosureGrowth {
        var growth = ClosureGrowth()
        var codesBySystem: [Canonical: [String]] = [:]
        var order: [Canonical] = []
        for question in questions {
            let canonical = Canonical(url: question.system, version: question.version)
            if codesBySystem[canonical] == nil { order.append(canonical) }
            codesBySystem[canonical, default: []].append(question.code)
        }
        var all = known
        for canonical in order {
            let system = try await codeSystem(canonical.text)
            let url = system.header.url
            let asked = (codesBySystem[canonical] ?? []).filter { !all.contains(Concept(system: url, code: $0)) }
            if asked.isEmpty { continue }
            let present = all.filter { $0.system == url }.map(\.code)
            let kinship = try await system.kinship(of: asked, among: present)
            for code in asked {
                guard let name = kinship.codes[code] ?? nil else {
                    throw TerminologyError(
                        .unknownCode, "The code system \(system.header.canonical) has no code '\(code)'.")
                }
                let concept = Concept(system: url, code: name)
                if all.insert(concept).inserted { growth.concepts.append(concept) }
            }
            // A code may have been in the table in another spelling: its pairs are there too.
            let added = Set(growth.concepts.filter { $0.system == url }.map(\.code))
            for pair in kinship.pairs where added.contains(pair.descendant) || added.contains(pair.ancestor) {
                growth.entries.append(ClosureEntry(system: url, code: pair.descendant, ancestor: pair.ancestor))
            }
        }
        return growth
    }
}
