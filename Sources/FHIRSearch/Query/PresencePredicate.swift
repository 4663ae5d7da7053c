import FHIRDefinitions

/// What `:missing=false` means for a parameter (R4 search.html#modifiers).
struct PresencePredicate {
    let index: TypeIndex
    let definitions: FHIRDefinitions

    func present(_ parameter: ParameterIndex) -> SearchPredicate {
        if parameter.kind == .composite {
            return .disjunction(
                parameter.alternatives.map { alternative in
                    switch alternative {
                    case .conjunction(let parts):
                        .conjunction(
                            parts.map { part in .disjunction(part.slots.map { present(index.slots[$0]) }) })
                    case .slot(let number): keys(index.slots[number].seed.presenceKey)
                    }
                })
        }
        return .disjunction(
            parameter.slots.map { number in
                let slot = index.slots[number]
                guard let type = parameter.refersTo else { return present(slot) }
                if slot.storage == .subject, !slot.hasTypePresenceKeys { return .subjectPresent }
                let name = definitions.name(of: type)
                return keys(slot.seed.presence(ofTypeHash: XXHash64.hash(name)))
            })
    }

    private func keys(_ key: UInt64) -> SearchPredicate {
        .keys([Int64(bitPattern: key)], isSelective: false)
    }

    private func present(_ slot: IndexSlot) -> SearchPredicate {
        switch slot.storage {
        case .idColumn, .updatedColumn: .always
        case .dateColumns: .datePresent
        case .quantityColumns: .quantityPresent
        case .strings: .stringPresent([slot.number])
        case .numbers: .numberPresent(slot.number)
        case .ranges: .rangePresent(slot.number)
        case .subject:
            slot.hasPresenceKey ? .disjunction([.subjectPresent, keys(slot.seed.presenceKey)]) : content(slot)
        case .keys: slot.hasPresenceKey && !isUnconditional(slot) ? keys(slot.seed.presenceKey) : content(slot)
        }
    }

    /// A slot with an entry in any case says nothing about the element.
    private func isUnconditional(_ slot: IndexSlot) -> Bool { slot.paths.contains(where: \.existsAndNotFalse) }

    /// Looks into the content itself: for mandatory elements, whose absence is too rare to be indexed.
    private func content(_ slot: IndexSlot) -> SearchPredicate {
        .disjunction(
            slot.paths.map { path in
                let isObject = path.leafName.first?.isUppercase == true
                let filter = #".keyvalue() ? (@.key != "extension" && @.key != "id")"#
                return .content(path: ContentPredicate.path(path) + (isObject ? filter : ""))
            })
    }
}
