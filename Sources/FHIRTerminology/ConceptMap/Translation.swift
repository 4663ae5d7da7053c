/// What is to be translated, and where to (R4 conceptmap-operation-translate.html).
package struct TranslationQuestion: Sendable {
    package var codings: [CodingQuestion]
    /// System that translations have to be of.
    package var targetSystem: String?
    /// Canonicals of the value sets that maps have to be of; looked at where no map is named.
    package var source: String?
    package var target: String?
    package var isReverse = false

    package init(codings: [CodingQuestion]) { self.codings = codings }
}

/// One translation that was found.
package struct TranslationMatch: Sendable {
    package var equivalence: Equivalence
    /// Nil where the map says that there is none.
    package var concept: Concept?
    package var version: String?
    package var display: String?
    package var comment: String?
    package var products: [ConceptMapDefinition.Product]
    /// Canonical of the map.
    package var map: String
}

/// All translations that were found.
package struct Translation: Sendable {
    package var matches: [TranslationMatch]
    package var message: String?
    /// Whether one of them leads to a code.
    package var isFound: Bool { matches.contains { $0.equivalence.isMatch && $0.concept != nil } }
}

extension Terminology {
    /// A concept map that is asked for.
    package func conceptMap(_ canonical: String) async throws -> ConceptMapDefinition {
        guard let map = try await source.conceptMap(canonical) else {
            throw TerminologyError(.unknownConceptMap, "The concept map \(canonical) is not known to this server.")
        }
        return map
    }

    /// - Parameter map: the one to use; nil for all that fit.
    package func translate(
        _ question: TranslationQuestion, with map: ConceptMapDefinition?
    ) async throws -> Translation {
        var matches: [TranslationMatch] = []
        var mapCount = 0
        for coding in question.codings {
            let maps: [ConceptMapDefinition]
            if let map {
                maps = [map]
            } else {
                let all = try await source.conceptMaps(from: coding.system, isReverse: question.isReverse)
                maps = all.filter { $0.fits(question) }
            }
            mapCount += maps.count
            for map in maps {
                matches += try await self.matches(coding, question, map, path: [map.canonical.url])
            }
        }
        var translation = Translation(matches: matches)
        if mapCount == 0 {
            translation.message = "No concept map of this server translates codes of this system so."
        } else if !translation.isFound {
            translation.message = "There is no translation for the code."
        }
        return translation
    }

    private func matches(
        _ coding: CodingQuestion, _ question: TranslationQuestion, _ map: ConceptMapDefinition, path: [String]
    ) async throws -> [TranslationMatch] {
        let concept = Concept(system: coding.system, code: coding.code)
        let found = map.matches(concept, question)
        if !found.isEmpty || question.isReverse { return found }
        // R4 conceptmap-definitions.html#ConceptMap.group.unmapped
        var matches: [TranslationMatch] = []
        for group in map.unmapped
        where group.source == coding.system && [nil, group.target].contains(question.targetSystem) {
            switch group.rule.mode {
            case "provided":
                matches.append(
                    TranslationMatch(
                        equivalence: .equivalent, concept: Concept(system: group.target, code: coding.code),
                        version: group.targetVersion, products: [], map: map.canonical.text))
            case "fixed":
                guard let fixed = group.rule.concept else { continue }
                matches.append(
                    TranslationMatch(
                        equivalence: .relatedTo, concept: Concept(system: group.target, code: fixed.code),
                        version: group.targetVersion, display: fixed.display, products: [], map: map.canonical.text))
            default:
                guard let next = group.rule.map else { continue }
                guard path.count < limits.valueSetDepth, !path.contains(next) else {
                    throw TerminologyError(
                        .invalidDefinition, "The concept map leads back to itself, or on to too many: \(next).")
                }
                guard let other = try await source.conceptMap(next) else {
                    throw TerminologyError(
                        .unresolved, "The concept map leads on to \(next), which is not known to this server.")
                }
                matches += try await self.matches(coding, question, other, path: path + [next])
            }
        }
        return matches
    }
}

extension ConceptMapDefinition {
    /// Whether it is between the value sets that are asked for.
    fileprivate func fits(_ question: TranslationQuestion) -> Bool {
        let (from, to) =
            question.isReverse ? (targetValueSet, sourceValueSet) : (sourceValueSet, targetValueSet)
        func agree(_ wanted: String?, _ own: String?) -> Bool {
            guard let wanted else { return true }
            return own.map { Canonical($0).url == Canonical(wanted).url } ?? false
        }
        return agree(question.source, from) && agree(question.target, to)
    }

    fileprivate func matches(_ concept: Concept, _ question: TranslationQuestion) -> [TranslationMatch] {
        let positions = (question.isReverse ? byTarget : bySource)[concept] ?? []
        return positions.compactMap { position in
            let mapping = mappings[position]
            // What holds only together with another element is no answer to the code alone.
            guard !mapping.isDependent else { return nil }
            let result = question.isReverse ? mapping.source : mapping.target
            if let wanted = question.targetSystem, let result, result.system != wanted { return nil }
            return TranslationMatch(
                equivalence: question.isReverse ? mapping.equivalence.reversed : mapping.equivalence,
                concept: result, version: question.isReverse ? mapping.sourceVersion : mapping.targetVersion,
                display: question.isReverse ? mapping.sourceDisplay : mapping.targetDisplay,
                comment: mapping.comment, products: question.isReverse ? [] : mapping.products,
                map: canonical.text)
        }
    }
}
