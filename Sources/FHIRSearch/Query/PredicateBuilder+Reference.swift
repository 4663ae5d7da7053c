import FHIRDefinitions

/// References (R4 search.html#reference).
extension PredicateBuilder {
    func predicate(
        _ reference: SearchValue.ReferenceValue, _ slot: IndexSlot, _ modifier: ParameterCriterion.Modifier
    ) -> SearchPredicate {
        switch reference {
        case .local(let types, let id):
            let direct = SearchPredicate.disjunction(types.map { target($0, id, slot) })
            guard modifier == .below || modifier == .above else { return direct }
            return .disjunction(types.compactMap { hierarchy($0, id, slot, modifier) } + [direct])
        case .literal(let text):
            return literal(text, slot, modifier)
        case .identifier(let token):
            guard let key = TokenKey.key(token, seed: slot.seed.identifier, isCaseSensitive: false) else {
                return .never
            }
            return .keys([Int64(bitPattern: key)], isSelective: true)
        }
    }

    private func literal(
        _ text: String, _ slot: IndexSlot, _ modifier: ParameterCriterion.Modifier
    ) -> SearchPredicate {
        func keys(_ texts: [String]) -> SearchPredicate {
            .keys(
                texts.map { Int64(bitPattern: KeySeed.target($0) ^ slot.seed.referenceConstant) }, isSelective: true)
        }
        guard let bar = text.lastIndex(of: "|") else { return keys([text]) }
        let (url, version) = (String(text[..<bar]), String(text[text.index(after: bar)...]))
        switch modifier {
        case .below:
            return .conjunction([keys([url]), ContentPredicate.canonicals(url, belowVersion: version, slot.paths)])
        case .above:
            var versions: [Substring] = [version[...]]
            while let last = versions.last, let dot = last.lastIndex(of: ".") { versions.append(last[..<dot]) }
            return keys(versions.map { "\(url)|\($0)" })
        default:
            return keys([text])
        }
    }

    private func hierarchy(
        _ type: TypeID, _ id: String, _ slot: IndexSlot, _ modifier: ParameterCriterion.Modifier
    ) -> SearchPredicate? {
        guard let parent = ResourceHierarchy.parent(of: type, indexer), let path = parent.paths.first else {
            return nil
        }
        let name = indexer.definitions.name(of: type)
        return .hierarchy(
            SearchPredicate.Hierarchy(
                direction: modifier == .above ? .above : .below, target: type, ids: [id],
                selves: [Int64(bitPattern: SearchIndexer.selfKey(typeName: name, id: id))],
                parent: .keys(constant: Int64(bitPattern: parent.seed.referenceConstant)),
                parentPath: ContentPredicate.path(path) + #"."reference""#,
                links: [.keys(constant: Int64(bitPattern: slot.seed.referenceConstant))]))
    }

    private func target(_ type: TypeID, _ id: String, _ slot: IndexSlot) -> SearchPredicate {
        let name = indexer.definitions.name(of: type)
        let hash = SearchIndexer.selfKey(typeName: name, id: id)
        if slot.storage == .subject, name == "Patient" { return .subject([Int64(bitPattern: hash)]) }
        return .keys(
            [Int64(bitPattern: hash ^ slot.seed.referenceConstant)], isSelective: Self.selectiveTargets.contains(name))
    }

    /// Types that few resources refer to, each: the key of such a reference can drive a search.
    static let selectiveTargets: Set<String> = [
        "Patient", "Encounter", "EpisodeOfCare", "Appointment", "Account", "ServiceRequest", "Claim", "Coverage",
        "DiagnosticReport", "Specimen", "Composition", "Condition", "MedicationRequest", "Procedure", "Slot",
        "Observation", "Invoice", "ChargeItem", "Task", "CarePlan", "RelatedPerson", "QuestionnaireResponse",
    ]
}
