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
        default: return .string(parameters: parameters, .prefix(norm))
        }
    }

    func date(_ prefix: SearchPrefix, _ range: DateRange, _ slot: IndexSlot) -> SearchPredicate {
        let marksLongSpans = slot.marksLongSpans
        let test = TimeTest(
            prefix: prefix, range: range, now: now,
            longestSpan: marksLongSpans ? IndexSlot.shortSpan : slot.longestSpan,
            longSpanKey: marksLongSpans ? Int64(bitPattern: slot.seed.longSpanKey) : nil)
        switch slot.storage {
        case .updatedColumn: return .updated(test)
        case .dateColumns: return .date(test)
        default: return .range(parameter: slot.number, key: nil, test)
        }
    }
}
