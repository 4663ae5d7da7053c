import FHIRDefinitions

/// Turns the tree of an expression into operations.
struct Compiler {
    let schema: Schema
    let limits: FHIRPathLimits

    func compile(_ syntax: Syntax) throws(FHIRPathError) -> any Operation {
        switch syntax.kind {
        case .literal(let item): return LiteralOperation(.one(item))
        case .empty: return LiteralOperation(.none)
        case .this: return ThisOperation()
        case .index: return IndexOperation()
        case .total: return TotalOperation()
        case .variable(let name):
            if let constant = VariableOperation.constant(name) { return LiteralOperation(.one(.string(constant))) }
            return VariableOperation(name, at: syntax.offset)
        case .member(let source, let name): return try member(source, name)
        case .function(let source, let name, let arguments):
            return try FunctionCompiler(compiler: self, name: name, offset: syntax.offset)
                .compile(source, arguments)
        case .indexer(let source, let position):
            return IndexerOperation(try compile(source), try argument(position), at: syntax.offset)
        case .negation(let operand): return try signed(operand, isNegative: true, at: syntax.offset)
        case .plus(let operand): return try signed(operand, isNegative: false, at: syntax.offset)
        case .binary(let symbol, let left, let right):
            return try binary(symbol, argument(left), argument(right), at: syntax.offset)
        case .type(let symbol, let operand, let specifier):
            let match = try match(specifier, at: syntax.offset)
            return symbol == .is
                ? IsOperation(try compile(operand), match, at: syntax.offset)
                : OfTypeOperation(try compile(operand), match)
        }
    }

    /// What a path begins at: its source, or the focus.
    func source(_ syntax: Syntax?) throws(FHIRPathError) -> any Operation {
        guard let syntax else { return ThisOperation() }
        return try compile(syntax)
    }

    /// An operand or argument, at the end of which variables that it defines go out of reach.
    func argument(_ syntax: Syntax) throws(FHIRPathError) -> any Operation {
        let operation = try compile(syntax)
        return syntax.definesVariables ? VariableScopeOperation(operation) : operation
    }

    // MARK: - Paths

    private func member(_ source: Syntax?, _ name: String) throws(FHIRPathError) -> any Operation {
        // Elements begin with small letters, so a capital one can only be a type.
        if source == nil, name.utf8.first.map({ 0x41...0x5A ~= $0 }) ?? false,
            let type = schema.definitions.type(named: name)
        {
            return RootTypeOperation(type)
        }
        let operation = try self.source(source)
        if name == "name" || name == "namespace", case .function(_, "type", _)? = source?.kind {
            return TypeMemberOperation(operation, isNamespace: name == "namespace")
        }
        guard let elementName = schema.elementName(name) else { return NothingOperation(operation) }
        if name == "value" { return ValueMemberOperation(operation, elementName) }
        return MemberOperation(operation, elementName)
    }

    // MARK: - Operators

    private func signed(
        _ operand: Syntax, isNegative: Bool, at offset: Int
    ) throws(FHIRPathError) -> any Operation {
        if isNegative, case .literal(let item) = operand.kind {
            switch item {
            case .integer(let value): return LiteralOperation(.one(.integer(-value)))
            case .decimal(let value): return LiteralOperation(.one(.decimal(-value)))
            default: break
            }
        }
        return NegationOperation(try compile(operand), isNegative: isNegative, at: offset)
    }

    private func binary(
        _ symbol: BinaryOperator, _ left: any Operation, _ right: any Operation, at offset: Int
    ) throws(FHIRPathError) -> any Operation {
        switch symbol {
        case .and: return AndOperation(left, right)
        case .or: return OrOperation(left, right)
        case .xor: return XorOperation(left, right)
        case .implies: return ImpliesOperation(left, right)
        case .equal: return EqualityOperation(left, right, isNegated: false)
        case .notEqual: return EqualityOperation(left, right, isNegated: true)
        case .equivalent: return EquivalenceOperation(left, right, isNegated: false)
        case .notEquivalent: return EquivalenceOperation(left, right, isNegated: true)
        case .less, .lessOrEqual, .greater, .greaterOrEqual: return OrderOperation(left, right, symbol, at: offset)
        case .in: return MembershipOperation(left, in: right, at: offset)
        case .contains: return MembershipOperation(right, in: left, at: offset)
        case .union:
            // Literals alone, such as the codes of `in`, are joined once.
            if let a = left as? LiteralOperation, let b = right as? LiteralOperation, let items = literals(a, b) {
                return LiteralOperation(items)
            }
            return UnionOperation(left, right)
        case .concatenate: return ConcatenationOperation(left, right, at: offset)
        case .plus, .minus, .times, .divide, .div, .mod: return ArithmeticOperation(left, right, symbol, at: offset)
        }
    }

    /// Distinct strings of two lists; nil if there is anything but strings.
    private func literals(_ left: LiteralOperation, _ right: LiteralOperation) -> Items? {
        var texts: [String] = []
        for item in left.items.array + right.items.array {
            guard case .string(let text) = item else { return nil }
            if !texts.contains(where: { $0.utf8.elementsEqual(text.utf8) }) { texts.append(text) }
        }
        return Items(texts.map { .string($0) })
    }

    // MARK: - Types

    /// What a type specifier means; a name without namespace has to mean something.
    func match(_ specifier: TypeSpecifier, at offset: Int) throws(FHIRPathError) -> TypeMatch {
        let match = schema.resolve(specifier)
        if match.isEmpty, specifier.namespace == nil {
            throw FHIRPathError(.unknownType, "there is no type \(specifier.name)", at: offset)
        }
        return match
    }
}

/// A name that no type has: empty, whatever it is asked of.
final class NothingOperation: Operation {
    private let source: any Operation

    init(_ source: any Operation) { self.source = source }

    func values(_ scope: Scope) throws(FHIRPathError) -> Items {
        _ = try source.values(scope)
        return .none
    }
}

extension Syntax {
    /// Whether `defineVariable` is called on the way to this, so that what follows sees the variable.
    var definesVariables: Bool {
        switch kind {
        case .function(let source, let name, _): name == "defineVariable" || source?.definesVariables ?? false
        case .member(let source, _): source?.definesVariables ?? false
        case .indexer(let source, _): source.definesVariables
        case .negation(let operand), .plus(let operand), .type(_, let operand, _): operand.definesVariables
        default: false
        }
    }
}
