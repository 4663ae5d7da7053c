/// Single codes, and systems of which every code belongs.
package struct ConceptSet: Hashable, Sendable {
    package var concepts: Set<Concept> = []
    package var systems: Set<String> = []

    package init(concepts: Set<Concept> = [], systems: Set<String> = []) {
        self.concepts = concepts
        self.systems = systems
    }

    package func contains(_ concept: Concept) -> Bool {
        concepts.contains(concept) || systems.contains(concept.system)
    }

    mutating func formUnion(_ other: ConceptSet) {
        concepts.formUnion(other.concepts)
        systems.formUnion(other.systems)
    }

    func intersection(_ other: ConceptSet) -> ConceptSet {
        ConceptSet(
            concepts: concepts.filter(other.contains).union(other.concepts.filter(contains)),
            systems: systems.intersection(other.systems))
    }
}

extension ValueSetEvaluation {
    /// The codes of a value set, where systems that belong as a whole stay whole: they need not be known.
    func conceptSet(of definition: ValueSetDefinition, path: [String] = []) async throws -> ConceptSet {
        guard definition.hasDefinition, definition.takesInactive else {
            let entries = try await members(of: definition, path: path)
            // What only groups others in an expansion is not a member.
            let isStored = !definition.hasDefinition
            return ConceptSet(concepts: Set(entries.filter { !isStored || !$0.isAbstract }.map(\.concept)))
        }
        do {
            var result = ConceptSet()
            for part in definition.includes { result.formUnion(try await conceptSet(of: part, path)) }
            for part in definition.excludes {
                result = try await subtract(try await conceptSet(of: part, path), from: result)
            }
            return result
        } catch let error as TerminologyError where error.code == .unresolved {
            guard let entries = definition.storedExpansion else { throw error }
            return ConceptSet(concepts: Set(entries.filter { !$0.isAbstract }.map(\.concept)))
        }
    }

    private func conceptSet(of part: ValueSetDefinition.Part, _ path: [String]) async throws -> ConceptSet {
        var result: ConceptSet?
        if let system = part.system {
            if part.concepts == nil, part.filters.isEmpty {
                result = ConceptSet(systems: [system])
            } else {
                var own = part
                own.valueSets = []
                let entries = try await members(of: own, text: nil, path: path)
                result = ConceptSet(concepts: Set(entries.map(\.concept)))
            }
        }
        for canonical in part.valueSets {
            let inner = try enter(canonical, path)
            let set: ConceptSet
            if let known = sets[canonical] {
                set = known
            } else {
                set = try await conceptSet(of: try await imported(canonical), path: inner)
                sets[canonical] = set
            }
            result = result?.intersection(set) ?? set
        }
        return result ?? ConceptSet()
    }

    private func subtract(_ other: ConceptSet, from set: ConceptSet) async throws -> ConceptSet {
        var result = set
        // A system of which only some codes go has to be known code by code.
        let systems = Set(other.concepts.map(\.system)).subtracting(other.systems)
        for system in result.systems.intersection(systems) {
            let whole = ValueSetDefinition.Part(system: system)
            result.systems.remove(system)
            result.concepts.formUnion(try await members(of: whole, text: nil, path: []).map(\.concept))
        }
        result.systems.subtract(other.systems)
        result.concepts = result.concepts.filter { !other.contains($0) }
        return result
    }
}
