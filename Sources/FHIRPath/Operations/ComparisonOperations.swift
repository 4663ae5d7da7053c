/// `=` and `!=`
final class EqualityOperation: BooleanOperation {
    private let left: any Operation
    private let right: any Operation
    private let isNegated: Bool

    init(_ left: any Operation, _ right: any Operation, isNegated: Bool) {
        self.left = left
        self.right = right
        self.isNegated = isNegated
    }

    func truth(_ scope: Scope) throws(FHIRPathError) -> Bool? {
        let first = try left.values(scope)
        if first.isEmpty { return nil }
        guard let answer = try scope.evaluation.equal(first, right.values(scope)) else { return nil }
        return answer != isNegated
    }
}

/// `~` and `!~`
final class EquivalenceOperation: BooleanOperation {
    private let left: any Operation
    private let right: any Operation
    private let isNegated: Bool

    init(_ left: any Operation, _ right: any Operation, isNegated: Bool) {
        self.left = left
        self.right = right
        self.isNegated = isNegated
    }

    func truth(_ scope: Scope) throws(FHIRPathError) -> Bool? {
        try scope.evaluation.equivalent(left.values(scope), right.values(scope)) != isNegated
    }
}

/// `<`, `<=`, `>` and `>=`
final class OrderOperation: BooleanOperation {
    private let left: any Operation
    private let right: any Operation
    private let symbol: BinaryOperator
    private let offset: Int

    init(_ left: any Operation, _ right: any Operation, _ symbol: BinaryOperator, at offset: Int) {
        self.left = left
        self.right = right
        self.symbol = symbol
        self.offset = offset
    }

    func truth(_ scope: Scope) throws(FHIRPathError) -> Bool? {
        let (first, second) = (try left.values(scope), try right.values(scope))
        if first.isEmpty || second.isEmpty { return nil }
        guard first.count == 1, second.count == 1 else {
            throw FHIRPathError(.notSingle, "'\(symbol.rawValue)' compares single items", at: offset)
        }
        let order: Int?
        do {
            order = try scope.evaluation.compare(first[0], second[0])
        } catch {
            throw error.located(at: offset)
        }
        guard let order else { return nil }
        switch symbol {
        case .less: return order < 0
        case .lessOrEqual: return order <= 0
        case .greater: return order > 0
        default: return order >= 0
        }
    }
}

/// `item in items`, which `items contains item` is turned into.
final class MembershipOperation: BooleanOperation {
    private let item: any Operation
    private let items: any Operation
    private let offset: Int

    init(_ item: any Operation, in items: any Operation, at offset: Int) {
        self.item = item
        self.items = items
        self.offset = offset
    }

    func truth(_ scope: Scope) throws(FHIRPathError) -> Bool? {
        let wanted = try item.values(scope)
        if wanted.isEmpty { return nil }
        guard wanted.count == 1 else {
            throw FHIRPathError(.notSingle, "'in' and 'contains' look for a single item", at: offset)
        }
        let evaluation = scope.evaluation
        for candidate in try items.values(scope) where try evaluation.equal(candidate, wanted[0]) == true {
            return true
        }
        return false
    }
}

/// `is`: the operator and the function.
final class IsOperation: BooleanOperation {
    private let source: any Operation
    private let match: TypeMatch
    private let offset: Int

    init(_ source: any Operation, _ match: TypeMatch, at offset: Int) {
        self.source = source
        self.match = match
        self.offset = offset
    }

    func truth(_ scope: Scope) throws(FHIRPathError) -> Bool? {
        let items = try source.values(scope)
        if items.isEmpty { return nil }
        guard items.count == 1 else {
            throw FHIRPathError(.notSingle, "'is' asks about a single item", at: offset)
        }
        return scope.evaluation.item(items[0], is: match)
    }
}

/// `as` and `ofType`: the items of a type. R4's own invariants use `as` on several items, so it takes them.
final class OfTypeOperation: Operation {
    private let source: any Operation
    private let match: TypeMatch

    init(_ source: any Operation, _ match: TypeMatch) {
        self.source = source
        self.match = match
    }

    func values(_ scope: Scope) throws(FHIRPathError) -> Items {
        let evaluation = scope.evaluation
        let items = try source.values(scope)
        if case .one(let item) = items { return evaluation.item(item, is: match) ? items : .none }
        try evaluation.step(items.count)
        var result: [Item] = []
        for item in items where evaluation.item(item, is: match) { result.append(item) }
        return Items(result)
    }
}
