/// `defineVariable`: gives its input on, and from there on a variable a value.
final class DefineVariableOperation: Operation {
    private let source: any Operation
    private let name: any Operation
    private let value: (any Operation)?
    private let offset: Int

    init(_ source: any Operation, _ name: any Operation, _ value: (any Operation)?, at offset: Int) {
        self.source = source
        self.name = name
        self.value = value
        self.offset = offset
    }

    func values(_ scope: Scope) throws(FHIRPathError) -> Items {
        let evaluation = scope.evaluation
        let items = try source.values(scope)
        guard let name = try name.values(scope).first.flatMap({ evaluation.string($0) }) else {
            throw FHIRPathError(.wrongArguments, "the name of a variable is a string", at: offset)
        }
        let isTaken =
            ["context", "resource", "rootResource"].contains(name) || VariableOperation.constant(name) != nil
            || evaluation.variables?.value(of: name) != nil || evaluation.environment.variables[name] != nil
        if isTaken {
            throw FHIRPathError(.unknownVariable, "there is a variable %\(name) already", at: offset)
        }
        let inner = Scope(evaluation, items, index: scope.index, total: scope.total)
        let value = try value?.values(inner) ?? items
        evaluation.variables = VariableList(name, value, evaluation.variables)
        return items
    }
}

/// The end of a variable's reach: an argument, an operand.
final class VariableScopeOperation: Operation {
    private let inner: any Operation

    init(_ inner: any Operation) { self.inner = inner }

    func values(_ scope: Scope) throws(FHIRPathError) -> Items {
        let outer = scope.evaluation.variables
        defer { scope.evaluation.variables = outer }
        return try inner.values(scope)
    }
}
