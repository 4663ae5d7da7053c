/// Reads an expression by the grammar of FHIRPath 2.0 (appendix B), by the precedence of its operators (§6.8).
struct Parser {
    private let tokens: [Token]
    private let limits: FHIRPathLimits
    private var index = 0
    private var nesting = 0

    /// The tree of `text`; throws with the place where it is no expression.
    static func parse(_ text: String, limits: FHIRPathLimits) throws(FHIRPathError) -> Syntax {
        guard text.utf8.count <= limits.maximumExpressionByteCount else {
            throw FHIRPathError(
                .limit, "an expression has at most \(limits.maximumExpressionByteCount) bytes",
                at: limits.maximumExpressionByteCount)
        }
        var parser = Parser(tokens: try Lexer.tokens(text), limits: limits)
        let syntax = try parser.expression(0)
        guard parser.token.kind == .end else { throw parser.unexpected("an operator or the end") }
        return syntax
    }

    private init(tokens: [Token], limits: FHIRPathLimits) {
        self.tokens = tokens
        self.limits = limits
    }

    private var token: Token { tokens[index] }

    // MARK: - Operators

    private enum Operator {
        case binary(BinaryOperator)
        case type(TypeOperator)

        /// Greater binds more closely.
        var precedence: Int {
            switch self {
            case .type: 8
            case .binary(let symbol):
                switch symbol {
                case .implies: 1
                case .or, .xor: 2
                case .and: 3
                case .in, .contains: 4
                case .equal, .notEqual, .equivalent, .notEquivalent: 5
                case .less, .lessOrEqual, .greater, .greaterOrEqual: 6
                case .union: 7
                case .plus, .minus, .concatenate: 9
                case .times, .divide, .div, .mod: 10
                }
            }
        }
    }

    private static let signPrecedence = 11

    private var currentOperator: Operator? {
        switch token.kind {
        case .keyword(.is): .type(.is)
        case .keyword(.as): .type(.as)
        case .keyword(let word): BinaryOperator(rawValue: word.rawValue).map { .binary($0) }
        case .sign(let sign): BinaryOperator(rawValue: sign.rawValue).map { .binary($0) }
        default: nil
        }
    }

    /// An expression whose operators bind at least as closely as `precedence`.
    private mutating func expression(_ precedence: Int) throws(FHIRPathError) -> Syntax {
        nesting += 1
        defer { nesting -= 1 }
        guard nesting <= limits.maximumNesting else {
            throw FHIRPathError(
                .limit, "an expression nests at most \(limits.maximumNesting) deep", at: token.offset)
        }
        var left = try signed()
        while let next = currentOperator, next.precedence >= precedence {
            let offset = token.offset
            index += 1
            switch next {
            case .type(let symbol):
                left = try node(.type(symbol, left, try typeSpecifier()), offset, left)
            case .binary(let symbol):
                let right = try expression(next.precedence + 1)
                left = try node(.binary(symbol, left, right), offset, left, right)
            }
        }
        return left
    }

    private mutating func signed() throws(FHIRPathError) -> Syntax {
        let offset = token.offset
        guard token.kind == .sign(.minus) || token.kind == .sign(.plus) else { return try path() }
        let isNegative = token.kind == .sign(.minus)
        index += 1
        let operand = try expression(Self.signPrecedence)
        return try node(isNegative ? .negation(operand) : .plus(operand), offset, operand)
    }

    private mutating func typeSpecifier() throws(FHIRPathError) -> TypeSpecifier {
        let first = try name()
        // Any other point goes on with the path.
        guard first == "System" || first == "FHIR", accept(.point) else {
            return TypeSpecifier(namespace: nil, name: first)
        }
        return TypeSpecifier(namespace: first, name: try name())
    }

    // MARK: - Paths

    private mutating func path() throws(FHIRPathError) -> Syntax {
        var syntax = try term()
        while true {
            let offset = token.offset
            if accept(.point) {
                syntax = try invocation(on: syntax)
            } else if accept(.leftBracket) {
                let position = try expression(0)
                try expect(.rightBracket)
                syntax = try node(.indexer(syntax, position), offset, syntax, position)
            } else {
                return syntax
            }
        }
    }

    private mutating func invocation(on source: Syntax?) throws(FHIRPathError) -> Syntax {
        let offset = token.offset
        if case .special(let word) = token.kind {
            guard source == nil else { throw unexpected("a name") }
            index += 1
            return try node(word == "this" ? .this : word == "index" ? .index : .total, offset)
        }
        let name = try source == nil ? name() : nameAfterPoint()
        guard accept(.leftParenthesis) else { return try node(.member(source, name), offset, source) }
        let arguments = try arguments(of: name)
        var depth = source?.depth ?? 0
        for argument in arguments { depth = max(depth, argument.expression.depth) }
        return try node(.function(source, name, arguments), offset, depth: depth)
    }

    private mutating func arguments(of function: String) throws(FHIRPathError) -> [Syntax.Argument] {
        var arguments: [Syntax.Argument] = []
        if accept(.rightParenthesis) { return arguments }
        repeat {
            let expression = try expression(0)
            var argument = Syntax.Argument(expression: expression, isDescending: false)
            if function == "sort" {
                // `-key` is the descending order, not the negative of the key.
                if case .negation(let key) = expression.kind {
                    argument = Syntax.Argument(expression: key, isDescending: true)
                }
                if token.kind == .identifier("desc") { argument.isDescending = true }
                if token.kind == .identifier("desc") || token.kind == .identifier("asc") { index += 1 }
            }
            arguments.append(argument)
        } while accept(.comma)
        try expect(.rightParenthesis)
        return arguments
    }

    private mutating func term() throws(FHIRPathError) -> Syntax {
        let offset = token.offset
        switch token.kind {
        case .keyword(.true), .keyword(.false):
            let value = token.kind == .keyword(.true)
            index += 1
            return try node(.literal(.boolean(value)), offset)
        case .string(let text):
            index += 1
            return try node(.literal(.string(text)), offset)
        case .temporal(let value):
            index += 1
            return try node(.literal(.temporal(value)), offset)
        case .number(let text):
            index += 1
            return try node(.literal(try number(text, at: offset)), offset)
        case .sign(.leftBrace):
            index += 1
            try expect(.rightBrace)
            return try node(.empty, offset)
        case .sign(.leftParenthesis):
            index += 1
            let inner = try expression(0)
            try expect(.rightParenthesis)
            return inner
        case .sign(.percent):
            index += 1
            if case .string(let name) = token.kind {
                index += 1
                return try node(.variable(name), offset)
            }
            return try node(.variable(try name()), offset)
        default: return try invocation(on: nil)
        }
    }

    /// A number, or with a unit behind it a quantity.
    private mutating func number(_ text: String, at offset: Int) throws(FHIRPathError) -> Item {
        guard let decimal = ExactDecimal(text) else {
            throw FHIRPathError(.syntax, "a number has at most 38 digits", at: offset)
        }
        if case .string(let unit) = token.kind {
            index += 1
            return .quantity(Quantity(value: decimal, unit: .ucum(unit)))
        }
        if case .identifier(let word) = token.kind, let unit = CalendarUnit.words[word] {
            index += 1
            return .quantity(Quantity(value: decimal, unit: .calendar(unit)))
        }
        if text.utf8.contains(UInt8(ascii: ".")) { return .decimal(decimal) }
        // 2³¹ is only an Integer with a minus before it, which is an operator of its own.
        guard decimal.significand <= 1 << 31, let integer = Int(exactly: decimal.significand) else {
            throw FHIRPathError(.syntax, "an Integer has 32 bits; write a Decimal with a point", at: offset)
        }
        return .integer(integer)
    }

    // MARK: - Tokens

    private mutating func name() throws(FHIRPathError) -> String {
        switch token.kind {
        case .identifier(let name):
            index += 1
            return name
        case .keyword(let word) where word.isName:
            index += 1
            return word.rawValue
        default: throw unexpected("a name or a value")
        }
    }

    /// Where only a name can be, a reserved word is one: people write `text.div`, whose `div` the grammar wants in
    /// backticks.
    private mutating func nameAfterPoint() throws(FHIRPathError) -> String {
        guard case .keyword(let word) = token.kind else { return try name() }
        index += 1
        return word.rawValue
    }

    private mutating func accept(_ sign: Sign) -> Bool {
        guard token.kind == .sign(sign) else { return false }
        index += 1
        return true
    }

    private mutating func expect(_ sign: Sign) throws(FHIRPathError) {
        if !accept(sign) { throw unexpected("'\(sign.rawValue)'") }
    }

    private func unexpected(_ expected: String) -> FHIRPathError {
        switch token.kind {
        case .end: FHIRPathError(.syntax, "the expression ends where \(expected) is expected", at: token.offset)
        case .keyword(let word):
            FHIRPathError(
                .syntax, "\(expected) is expected, not the reserved word '\(word.rawValue)'", at: token.offset)
        default: FHIRPathError(.syntax, "\(expected) is expected", at: token.offset)
        }
    }

    private func node(
        _ kind: Syntax.Kind, _ offset: Int, _ first: Syntax? = nil, _ second: Syntax? = nil
    ) throws(FHIRPathError) -> Syntax {
        try node(kind, offset, depth: max(first?.depth ?? 0, second?.depth ?? 0))
    }

    private func node(_ kind: Syntax.Kind, _ offset: Int, depth: Int) throws(FHIRPathError) -> Syntax {
        guard depth < limits.maximumDepth else {
            throw FHIRPathError(
                .limit, "an expression has at most \(limits.maximumDepth) steps below each other", at: offset)
        }
        return Syntax(kind: kind, offset: offset, depth: depth + 1)
    }
}
