/// Functions that evaluate their argument for each item.

final class WhereOperation: Operation {
    private let source: any Operation
    private let criteria: any Operation

    init(_ source: any Operation, _ criteria: any Operation) {
        self.source = source
        self.criteria = criteria
    }

    func values(_ scope: Scope) throws(FHIRPathError) -> Items {
        let items = try source.values(scope)
        try scope.evaluation.step(items.count)
        switch items {
        case .none: return .none
        case .one(let item): return try criteria.truth(scope.with(item, at: 0)) == true ? items : .none
        case .many(let many):
            var result: [Item] = []
            for (index, item) in many.enumerated() where try criteria.truth(scope.with(item, at: index)) == true {
                result.append(item)
            }
            return Items(result)
        }
    }

    func isPresent(_ scope: Scope) throws(FHIRPathError) -> Bool {
        let items = try source.values(scope)
        try scope.evaluation.step(items.count)
        var index = 0
        for item in items {
            if try criteria.truth(scope.with(item, at: index)) == true { return true }
            index += 1
        }
        return false
    }
}

final class SelectOperation: Operation {
    private let source: any Operation
    private let projection: any Operation

    init(_ source: any Operation, _ projection: any Operation) {
        self.source = source
        self.projection = projection
    }

    func values(_ scope: Scope) throws(FHIRPathError) -> Items {
        let items = try source.values(scope)
        try scope.evaluation.step(items.count)
        if case .one(let item) = items { return try projection.values(scope.with(item, at: 0)) }
        var result: [Item] = []
        for (index, item) in items.enumerated() {
            for found in try projection.values(scope.with(item, at: index)) { result.append(found) }
            try scope.evaluation.check(.many(result))
        }
        return Items(result)
    }
}

final class AllOperation: BooleanOperation {
    private let source: any Operation
    private let criteria: any Operation

    init(_ source: any Operation, _ criteria: any Operation) {
        self.source = source
        self.criteria = criteria
    }

    func truth(_ scope: Scope) throws(FHIRPathError) -> Bool? {
        let items = try source.values(scope)
        try scope.evaluation.step(items.count)
        var index = 0
        for item in items {
            if try criteria.truth(scope.with(item, at: index)) != true { return false }
            index += 1
        }
        return true
    }
}

/// `repeat` and `repeatAll`: what the projection gives, and again for each of that.
final class RepeatOperation: Operation {
    private let source: any Operation
    private let projection: any Operation
    private let keepsDuplicates: Bool

    init(_ source: any Operation, _ projection: any Operation, keepsDuplicates: Bool) {
        self.source = source
        self.projection = projection
        self.keepsDuplicates = keepsDuplicates
    }

    func values(_ scope: Scope) throws(FHIRPathError) -> Items {
        let evaluation = scope.evaluation
        var queue = try source.values(scope).array
        var found = ItemSet(evaluation)
        var all: [Item] = []
        var position = 0
        while position < queue.count {
            try evaluation.step()
            for item in try projection.values(scope.with(queue[position], at: position)) {
                if keepsDuplicates {
                    all.append(item)
                    queue.append(item)
                } else if try found.insert(item) {
                    queue.append(item)
                }
            }
            try evaluation.check(.many(queue))
            position += 1
        }
        return keepsDuplicates ? Items(all) : found.items
    }
}

final class AggregateOperation: Operation {
    private let source: any Operation
    private let aggregator: any Operation
    private let start: (any Operation)?

    init(_ source: any Operation, _ aggregator: any Operation, from start: (any Operation)?) {
        self.source = source
        self.aggregator = aggregator
        self.start = start
    }

    func values(_ scope: Scope) throws(FHIRPathError) -> Items {
        var total = try start?.values(scope) ?? .none
        for (index, item) in try source.values(scope).enumerated() {
            try scope.evaluation.step()
            total = try aggregator.values(Scope(scope.evaluation, .one(item), index: index, total: total))
        }
        return total
    }
}

/// `iif`: only the branch that counts is evaluated. The input, of which there is at most one item, is `$this` in all.
final class ConditionOperation: Operation {
    private let source: any Operation
    private let condition: any Operation
    private let success: any Operation
    private let otherwise: (any Operation)?
    private let offset: Int

    init(
        _ source: any Operation, _ condition: any Operation, _ success: any Operation, _ otherwise: (any Operation)?,
        at offset: Int
    ) {
        self.source = source
        self.condition = condition
        self.success = success
        self.otherwise = otherwise
        self.offset = offset
    }

    func values(_ scope: Scope) throws(FHIRPathError) -> Items {
        let input = try source.values(scope)
        guard input.count <= 1 || source is ThisOperation else {
            throw FHIRPathError(.notSingle, "iif takes a single item", at: offset)
        }
        let inner = Scope(scope.evaluation, input, index: scope.index, total: scope.total)
        do {
            return try condition.truth(inner) == true ? success.values(inner) : otherwise?.values(inner) ?? .none
        } catch {
            throw error.located(at: offset)
        }
    }
}

final class TraceOperation: Operation {
    private let source: any Operation
    private let name: any Operation
    private let projection: (any Operation)?

    init(_ source: any Operation, _ name: any Operation, _ projection: (any Operation)?) {
        self.source = source
        self.name = name
        self.projection = projection
    }

    func values(_ scope: Scope) throws(FHIRPathError) -> Items {
        let items = try source.values(scope)
        guard scope.evaluation.environment.keepsTraces else { return items }
        var shown = items
        if let projection { shown = try SelectOperation(LiteralOperation(items), projection).values(scope) }
        let name = try name.values(scope).first.flatMap { scope.evaluation.string($0) } ?? ""
        scope.evaluation.keep(Trace(name: name, items: shown))
        return items
    }

    func isPresent(_ scope: Scope) throws(FHIRPathError) -> Bool {
        if scope.evaluation.environment.keepsTraces { return !(try values(scope)).isEmpty }
        return try source.isPresent(scope)
    }
}

/// `sort`, by the items themselves or by keys, each up or down; what has no key comes first either way.
final class SortOperation: Operation {
    struct Key {
        let operation: any Operation
        let isDescending: Bool
    }

    private let source: any Operation
    private let keys: [Key]
    private let offset: Int

    init(_ source: any Operation, by keys: [Key], at offset: Int) {
        self.source = source
        self.keys = keys
        self.offset = offset
    }

    func values(_ scope: Scope) throws(FHIRPathError) -> Items {
        let items = try source.values(scope).array
        guard items.count > 1 else { return Items(items) }
        var rows: [(item: Item, keys: [Item?])] = []
        for (index, item) in items.enumerated() {
            var row: [Item?] = []
            for key in keys { row.append(try value(key.operation.values(scope.with(item, at: index)))) }
            rows.append((item, row))
        }
        do {
            let sorted = try rows.enumerated().sorted { (a, b) throws in
                let order = try self.order(a.element.keys, b.element.keys, scope.evaluation)
                return order == 0 ? a.offset < b.offset : order < 0
            }
            return Items(sorted.map(\.element.item))
        } catch {
            // `sorted` forgets the type of what its closure throws, which is this one.
            throw (error as? FHIRPathError ?? FHIRPathError(.wrongType, "the items have no order")).located(at: offset)
        }
    }

    private func value(_ items: Items) throws(FHIRPathError) -> Item? {
        guard items.count <= 1 else { throw FHIRPathError(.notSingle, "a key of sort is a single item", at: offset) }
        return items.first
    }

    private func order(_ left: [Item?], _ right: [Item?], _ evaluation: Evaluation) throws(FHIRPathError) -> Int {
        for (position, (a, b)) in zip(left, right).enumerated() {
            switch (a, b) {
            case (let x?, let y?):
                let order = try evaluation.compare(x, y) ?? 0
                if order != 0 { return keys[position].isDescending ? -order : order }
            case (nil, nil): break
            case (nil, _): return -1
            case (_, nil): return 1
            }
        }
        return 0
    }
}
