/// Functions on whole collections: existence (FHIRPath 2.0 §5.1), subsetting (§5.3), combining (§5.4).
extension FunctionLibrary {
    static let existence: [String: FunctionDefinition] = [
        "allTrue": FunctionDefinition(0...0) { call throws(FHIRPathError) in
            .boolean(try booleans(call).allSatisfy { $0 })
        },
        "anyTrue": FunctionDefinition(0...0) { call throws(FHIRPathError) in .boolean(try booleans(call).contains(true))
        },
        "allFalse": FunctionDefinition(0...0) { call throws(FHIRPathError) in
            .boolean(try booleans(call).allSatisfy { !$0 })
        },
        "anyFalse": FunctionDefinition(0...0) { call throws(FHIRPathError) in
            .boolean(try booleans(call).contains(false))
        },
        "subsetOf": FunctionDefinition(1...1) { call throws(FHIRPathError) in
            .boolean(try isSubset(call.input, of: call.arguments[0], call.evaluation))
        },
        "supersetOf": FunctionDefinition(1...1) { call throws(FHIRPathError) in
            .boolean(try isSubset(call.arguments[0], of: call.input, call.evaluation))
        },
        "distinct": FunctionDefinition(0...0) { call throws(FHIRPathError) in
            try ItemSet(call.evaluation, call.input).items
        },
        "isDistinct": FunctionDefinition(0...0) { call throws(FHIRPathError) in
            var seen = ItemSet(call.evaluation)
            for item in call.input where try !seen.insert(item) { return .boolean(false) }
            return .boolean(true)
        },
    ]

    private static func booleans(_ call: Call) throws(FHIRPathError) -> [Bool] {
        var booleans: [Bool] = []
        for item in call.input {
            guard let value = call.evaluation.boolean(item) else {
                throw FHIRPathError(.wrongType, "an item is no Boolean")
            }
            booleans.append(value)
        }
        return booleans
    }

    private static func isSubset(
        _ items: Items, of others: Items, _ evaluation: Evaluation
    ) throws(FHIRPathError) -> Bool {
        let set = try ItemSet(evaluation, others)
        for item in items where try !set.contains(item) { return false }
        return true
    }

    static let subsetting: [String: FunctionDefinition] = [
        "single": FunctionDefinition(0...0) { call throws(FHIRPathError) in .item(try call.single()) },
        "first": FunctionDefinition(0...0) { call throws(FHIRPathError) in .item(call.input.first) },
        "last": FunctionDefinition(0...0) { call throws(FHIRPathError) in .item(call.input.last) },
        "tail": FunctionDefinition(0...0) { call throws(FHIRPathError) in Items(Array(call.input.dropFirst())) },
        "skip": FunctionDefinition(1...1) { call throws(FHIRPathError) in
            guard let count = try call.integerArgument(0) else { return .none }
            return Items(Array(call.input.dropFirst(max(0, count))))
        },
        "take": FunctionDefinition(1...1) { call throws(FHIRPathError) in
            guard let count = try call.integerArgument(0) else { return .none }
            return Items(Array(call.input.prefix(max(0, count))))
        },
        "intersect": FunctionDefinition(1...1) { call throws(FHIRPathError) in
            let others = try ItemSet(call.evaluation, call.arguments[0])
            var result = ItemSet(call.evaluation)
            for item in call.input where try others.contains(item) { _ = try result.insert(item) }
            return result.items
        },
        // Keeps order and repetitions.
        "exclude": FunctionDefinition(1...1) { call throws(FHIRPathError) in
            let others = try ItemSet(call.evaluation, call.arguments[0])
            var result: [Item] = []
            for item in call.input where try !others.contains(item) { result.append(item) }
            return Items(result)
        },
    ]

    static let combining: [String: FunctionDefinition] = [
        "union": FunctionDefinition(1...1) { call throws(FHIRPathError) in
            try union(call.input, call.arguments[0], call.evaluation)
        },
        "combine": FunctionDefinition(1...2) { call throws(FHIRPathError) in
            var items = call.input
            items.append(contentsOf: call.arguments[0])
            return items
        },
    ]

    /// The items of both, without repetitions.
    static func union(_ left: Items, _ right: Items, _ evaluation: Evaluation) throws(FHIRPathError) -> Items {
        var set = try ItemSet(evaluation, left)
        for item in right { _ = try set.insert(item) }
        return set.items
    }
}

/// `|`
final class UnionOperation: Operation {
    private let left: any Operation
    private let right: any Operation

    init(_ left: any Operation, _ right: any Operation) {
        self.left = left
        self.right = right
    }

    func values(_ scope: Scope) throws(FHIRPathError) -> Items {
        try FunctionLibrary.union(left.values(scope), right.values(scope), scope.evaluation)
    }

    func isPresent(_ scope: Scope) throws(FHIRPathError) -> Bool {
        if try left.isPresent(scope) { return true }
        return try right.isPresent(scope)
    }
}
