import FHIRDefinitions
import FHIRSearch
import PostgreSQL

/// What the SQL text of the most frequent searches depends on, in one number: first pages of a few single keys and a
/// patient, in no order or that of the main date.
///
/// Writing the text costs more than everything else that the store does for such a search, so it is written once per
/// shape; `parameters` gives the values that go with it, in the order in which `SearchPlan` binds them.
struct SearchShape {
    /// From bit 32 the type, from 24 the number of conjuncts, from 16 the order; below two bits for each conjunct.
    let code: UInt64
    private let conjuncts: [SearchPredicate]
    private let driver: PredicateWriter.Driver

    /// Nil for every other search.
    init?(_ predicate: SearchPredicate, request: SearchRequest, cursor: SearchCursor?, index: TypeIndex) {
        guard cursor == nil, request.sort.count <= 1 else { return nil }
        let conjuncts = PredicateWriter.conjuncts(predicate)
        guard (1...8).contains(conjuncts.count) else { return nil }
        var kinds: UInt64 = 0
        var order: UInt64 = 0
        if let sort = request.sort.first {
            guard sort.parameter.slots.count == 1, index.slots[sort.parameter.slots[0]].storage == .dateColumns
            else { return nil }
            order = sort.isDescending ? 2 : 1
        }
        for conjunct in conjuncts {
            switch conjunct {
            case .keys(let keys, let isSelective) where keys.count == 1: kinds = kinds << 2 | (isSelective ? 1 : 2)
            case .subject(let subjects) where subjects.count == 1: kinds = kinds << 2 | 3
            default: return nil
            }
        }
        driver = PredicateWriter.driver(of: conjuncts)
        // Others are not prepared.
        guard driver == .selectiveKeys || driver == .subject else { return nil }
        code = UInt64(request.type.rawValue) << 32 | UInt64(conjuncts.count) << 24 | order << 16 | kinds
        self.conjuncts = conjuncts
    }

    func parameters(limit: Int) -> SQLParameters {
        var parameters = SQLParameters()
        var required: [Int64] = []
        var residual: [Int64] = []
        for conjunct in conjuncts {
            switch conjunct {
            case .subject(let subjects): parameters.append(int64: subjects[0])
            case .keys(let keys, let isSelective):
                if driver == .selectiveKeys, isSelective { required += keys } else { residual += keys }
            default: break
            }
        }
        if !required.isEmpty { parameters.append(int64Array: required.sorted()) }
        if !residual.isEmpty { parameters.append(int64Array: residual.sorted()) }
        parameters.append(int64: Int64(limit))
        return parameters
    }
}
