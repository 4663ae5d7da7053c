/// Strings and dates (R4 search.html#string, #date).
extension PredicateBuilder {
    func strings(
        _ text: String, _ slots: [IndexSlot], _ modifier: ParameterCriterion.Modifier
    ) -> SearchPredicate {
        let norm = TextFolding.normalized(text)
        let parameters = slots.map(\.number)
        switch modifier {
        case .exact:
            let keys = slots.map { Int64(bitPattern: XXHash64.hash(text, seed: $0.seed.value &+ 9)) }
            return .string(parameters: parameters, .exact(norm, keys: keys))
        case .contains: return .string(parameters: parameters, .contains(norm))
        case .equals: return .string(parameters: parameters, .equal(norm))
        case .unequal: return .string(parameters: parameters, .unequal(norm))
        case .endsWith: return .string(parameters: parameters, .suffix(norm))
        case .ordered(let prefix): return .string(parameters: parameters, .ordered(prefix, norm))
        default: return .string(parameters: parameters, .prefix(norm))
        }
    }

    func date(_ prefix: SearchPrefix, _ range: DateRange, _ slot: IndexSlot) -> SearchPredicate {
        let (span, key) = longSpans(slot)
        return date(TimeTest(prefix: prefix, range: range, now: now, longestSpan: span, longSpanKey: key), slot)
    }

    func overlapping(_ range: DateRange, _ slot: IndexSlot) -> SearchPredicate {
        let (span, key) = longSpans(slot)
        return date(TimeTest(overlapping: range, longestSpan: span, longSpanKey: key), slot)
    }

    private func longSpans(_ slot: IndexSlot) -> (span: Int64?, key: Int64?) {
        slot.marksLongSpans
            ? (IndexSlot.shortSpan, Int64(bitPattern: slot.seed.longSpanKey)) : (slot.longestSpan, nil)
    }

    private func date(_ test: TimeTest, _ slot: IndexSlot) -> SearchPredicate {
        switch slot.storage {
        case .updatedColumn: return .updated(test)
        case .dateColumns: return .date(test)
        default: return .range(parameter: slot.number, key: nil, test)
        }
    }
}
