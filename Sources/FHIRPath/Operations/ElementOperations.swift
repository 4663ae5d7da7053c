import FHIRDefinitions

/// Functions that nearly every element is asked for by R4's invariant ele-1: they count and look without gathering.

/// `hasValue`: one primitive with a value (R4 fhirpath.html#functions).
final class HasValueOperation: BooleanOperation {
    private let source: any Operation

    init(_ source: any Operation) { self.source = source }

    func truth(_ scope: Scope) throws(FHIRPathError) -> Bool? {
        guard case .one(let item) = try source.values(scope) else { return false }
        guard case .node(let node) = item else { return true }
        return node.value != nil && scope.evaluation.schema.kind(node.type).isPrimitive
    }
}

/// `children` (FHIRPath 2.0 §5.8.1).
final class ChildrenOperation: Operation {
    private let source: any Operation

    init(_ source: any Operation) { self.source = source }

    func values(_ scope: Scope) throws(FHIRPathError) -> Items {
        let evaluation = scope.evaluation
        var items: [Item] = []
        for item in try source.values(scope) {
            guard case .node(let node) = item else { continue }
            evaluation.walk(node).children(of: node) {
                items.append(.node($0))
                return true
            }
            try evaluation.step(items.count + 1)
        }
        try evaluation.check(.many(items))
        return Items(items)
    }

    func count(_ scope: Scope) throws(FHIRPathError) -> Int {
        var count = 0
        for item in try source.values(scope) {
            guard case .node(let node) = item else { continue }
            scope.evaluation.walk(node).children(of: node) { _ in
                count += 1
                return true
            }
        }
        try scope.evaluation.step(count + 1)
        return count
    }
}

/// `count` (FHIRPath 2.0 §5.1.11).
final class CountOperation: Operation {
    private let source: any Operation

    init(_ source: any Operation) { self.source = source }

    func values(_ scope: Scope) throws(FHIRPathError) -> Items { .one(.integer(try source.count(scope))) }

    func isPresent(_ scope: Scope) -> Bool { true }
}
