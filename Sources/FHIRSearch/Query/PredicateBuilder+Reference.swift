import FHIRDefinitions

/// References (R4 search.html#reference).
extension PredicateBuilder {
    func predicate(_ reference: SearchValue.ReferenceValue, _ slot: IndexSlot) -> SearchPredicate {
        switch reference {
        case .local(let types, let id):
            return .disjunction(types.map { target($0, id, slot) })
        case .literal(let text):
            let key = KeySeed.target(text) ^ slot.seed.referenceConstant
            return .keys([Int64(bitPattern: key)], isSelective: true)
        case .identifier(let token):
            guard let key = TokenKey.key(token, seed: slot.seed.identifier, isCaseSensitive: false) else {
                return .never
            }
            return .keys([Int64(bitPattern: key)], isSelective: true)
        }
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
