/// Turns a call of a function into an operation.
struct FunctionCompiler {
    let compiler: Compiler
    let name: String
    let offset: Int

    func compile(_ source: Syntax?, _ arguments: [Syntax.Argument]) throws(FHIRPathError) -> any Operation {
        let input = try compiler.source(source)
        if let operation = try special(input, arguments) { return operation }
        guard let definition = FunctionLibrary.all[name] else {
            throw FHIRPathError(.unknownFunction, "there is no function \(name)", at: offset)
        }
        try check(arguments.count, definition.argumentCounts)
        return FunctionOperation(input, definition, try operations(arguments), at: offset)
    }

    private func operations(_ arguments: [Syntax.Argument]) throws(FHIRPathError) -> [any Operation] {
        var operations: [any Operation] = []
        for argument in arguments { operations.append(try compiler.argument(argument.expression)) }
        return operations
    }

    private func check(_ count: Int, _ allowed: ClosedRange<Int>) throws(FHIRPathError) {
        guard !allowed.contains(count) else { return }
        let (least, most) = (allowed.lowerBound, allowed.upperBound)
        let wanted = least == most ? "\(least)" : "\(least) to \(most)"
        throw FHIRPathError(
            .wrongArguments, "\(name) takes \(wanted) \(most == 1 ? "argument" : "arguments"), not \(count)", at: offset
        )
    }

    /// Functions that do not evaluate all of their arguments first, or that take types.
    private func special(
        _ input: any Operation, _ arguments: [Syntax.Argument]
    ) throws(FHIRPathError) -> (any Operation)? {
        switch name {
        case "is", "as", "ofType":
            try check(arguments.count, 1...1)
            let match = try compiler.match(try typeSpecifier(arguments[0].expression), at: offset)
            return name == "is" ? IsOperation(input, match, at: offset) : OfTypeOperation(input, match)
        case "not":
            try check(arguments.count, 0...0)
            return NotOperation(input, at: offset)
        case "empty":
            try check(arguments.count, 0...0)
            return EmptyOperation(input)
        case "hasValue":
            try check(arguments.count, 0...0)
            return HasValueOperation(input)
        case "count":
            try check(arguments.count, 0...0)
            return CountOperation(input)
        case "children":
            try check(arguments.count, 0...0)
            return ChildrenOperation(input)
        case "exists":
            try check(arguments.count, 0...1)
            let criteria = try operations(arguments)
            return ExistsOperation(criteria.isEmpty ? input : WhereOperation(input, criteria[0]))
        case "where", "select", "all", "repeat", "repeatAll":
            try check(arguments.count, 1...1)
            return iteration(input, try compiler.argument(arguments[0].expression))
        default: return try rare(input, arguments)
        }
    }

    private func iteration(_ input: any Operation, _ body: any Operation) -> any Operation {
        switch name {
        case "where": WhereOperation(input, body)
        case "select": SelectOperation(input, body)
        case "all": AllOperation(input, body)
        default: RepeatOperation(input, body, keepsDuplicates: name == "repeatAll")
        }
    }

    private func rare(
        _ input: any Operation, _ arguments: [Syntax.Argument]
    ) throws(FHIRPathError) -> (any Operation)? {
        switch name {
        case "aggregate":
            try check(arguments.count, 1...2)
            let operations = try operations(arguments)
            return AggregateOperation(input, operations[0], from: operations.count > 1 ? operations[1] : nil)
        case "iif":
            try check(arguments.count, 2...3)
            let operations = try operations(arguments)
            return ConditionOperation(
                input, operations[0], operations[1], operations.count > 2 ? operations[2] : nil, at: offset)
        case "trace":
            try check(arguments.count, 1...2)
            let operations = try operations(arguments)
            return TraceOperation(input, operations[0], operations.count > 1 ? operations[1] : nil)
        case "defineVariable":
            try check(arguments.count, 1...2)
            let operations = try operations(arguments)
            return DefineVariableOperation(
                input, operations[0], operations.count > 1 ? operations[1] : nil, at: offset)
        case "sort":
            try check(arguments.count, 0...8)
            var keys: [SortOperation.Key] = []
            for (argument, operation) in zip(arguments, try operations(arguments)) {
                keys.append(SortOperation.Key(operation: operation, isDescending: argument.isDescending))
            }
            if keys.isEmpty { keys = [SortOperation.Key(operation: ThisOperation(), isDescending: false)] }
            return SortOperation(input, by: keys, at: offset)
        case "coalesce":
            try check(arguments.count, 1...16)
            return CoalesceOperation(try operations(arguments))
        default: return nil
        }
    }

    /// A type as an argument: `Quantity`, `System.String` or `FHIR.Patient`.
    private func typeSpecifier(_ syntax: Syntax) throws(FHIRPathError) -> TypeSpecifier {
        if case .member(let source, let name) = syntax.kind {
            switch source?.kind {
            case nil: return TypeSpecifier(namespace: nil, name: name)
            case .member(nil, let namespace)?: return TypeSpecifier(namespace: namespace, name: name)
            default: break
            }
        }
        throw FHIRPathError(.wrongArguments, "\(name) takes the name of a type", at: syntax.offset)
    }
}

/// `coalesce`: the first argument that is not empty.
final class CoalesceOperation: Operation {
    private let arguments: [any Operation]

    init(_ arguments: [any Operation]) { self.arguments = arguments }

    func values(_ scope: Scope) throws(FHIRPathError) -> Items {
        for argument in arguments {
            let items = try argument.values(scope)
            if !items.isEmpty { return items }
        }
        return .none
    }
}
