/// Tree navigation (FHIRPath 2.0 §5.8), the clock (§5.9), logic and types as functions (§6.5.6, §10.2).
extension FunctionLibrary {
    static let tree: [String: FunctionDefinition] = [
        "descendants": FunctionDefinition(0...0) { call throws(FHIRPathError) in
            var items: [Item] = []
            var level = call.input
            while !level.isEmpty {
                var next: [Item] = []
                for item in level {
                    guard case .node(let node) = item else { continue }
                    next.append(contentsOf: call.evaluation.children(of: node))
                }
                try call.evaluation.step(next.count)
                items.append(contentsOf: next)
                level = Items(next)
            }
            return Items(items)
        }
    ]

    static let utility: [String: FunctionDefinition] = [
        "now": FunctionDefinition(0...0) { call throws(FHIRPathError) in
            .item(call.evaluation.environment.now.map { .temporal($0) })
        },
        "today": FunctionDefinition(0...0) { call throws(FHIRPathError) in
            .item(call.evaluation.environment.now.map { .temporal($0.datePart) })
        },
        "timeOfDay": FunctionDefinition(0...0) { call throws(FHIRPathError) in
            .item(call.evaluation.environment.now.map { .temporal($0.timePart) })
        },
        "type": FunctionDefinition(0...0) { call throws(FHIRPathError) in
            var types: [Item] = []
            for item in call.input { types.append(.type(call.evaluation.typeName(item))) }
            return Items(types)
        },
    ]
}
