/// Reads the subset of FHIRPath that search parameters are written in (R4 searchparameter.html):
/// unions of paths with `as`, `ofType`, `where`, `extension`, indexers, and the one boolean form of `Patient.deceased`.
struct SearchPathParser {
    private var tokens: [Token]
    private var index = 0

    private enum Token: Equatable {
        case name(String), literal(String), number(Int), symbol(Character)
    }

    /// The alternatives of `expression`, in the order written.
    static func parse(_ expression: String) throws(SearchError) -> [SearchPath] {
        var parser = SearchPathParser(tokens: try tokenize(expression))
        let paths = try parser.union()
        if parser.acceptName("and") { return [try parser.existsAndNotFalse(paths)] }
        guard parser.index == parser.tokens.count else { throw unsupported(expression) }
        return paths
    }

    private static func unsupported(_ detail: String) -> SearchError {
        SearchError(.unsupportedExpression, "Search expressions of this form are not supported: \(detail)")
    }

    // MARK: - Grammar

    private mutating func union() throws(SearchError) -> [SearchPath] {
        var paths = try term()
        while accept("|") { paths += try term() }
        return paths
    }

    private mutating func term() throws(SearchError) -> [SearchPath] {
        var paths: [SearchPath]
        if accept("(") {
            paths = try union()
            try expect(")")
        } else if accept("%") {
            guard acceptName("resource") else { throw Self.unsupported("%variable") }
            paths = [SearchPath(root: .resource, steps: [])]
        } else {
            paths = [try opening()]
        }
        while true {
            if accept(".") {
                let step = try invocation()
                paths = paths.map { Self.appending(step, to: $0) }
            } else if accept("[") {
                guard case .number(let position)? = next() else { throw Self.unsupported("indexer") }
                try expect("]")
                paths = paths.map { Self.appending([.index(position)], to: $0) }
            } else if acceptName("as") {
                let type = try name()
                paths = paths.map { Self.appending([.narrowed(type)], to: $0) }
            } else {
                return paths
            }
        }
    }

    /// The first name of a path: a type's, or a member's of the context.
    private mutating func opening() throws(SearchError) -> SearchPath {
        let first = try name()
        if first.first?.isUppercase == true { return SearchPath(root: .type(first), steps: []) }
        index -= 1
        return SearchPath(root: .context, steps: try invocation())
    }

    private mutating func invocation() throws(SearchError) -> [SearchPath.Step] {
        let name = try name()
        guard accept("(") else { return [.member(name)] }
        switch name {
        case "as", "ofType":
            let type = try self.name()
            try expect(")")
            return [.narrowed(type)]
        case "extension":
            let url = try literal()
            try expect(")")
            return [.extensionWith(url)]
        case "where":
            let step = try filter()
            try expect(")")
            return [step]
        case "exists":
            try expect(")")
            return []
        default:
            throw Self.unsupported("\(name)()")
        }
    }

    private mutating func filter() throws(SearchError) -> SearchPath.Step {
        let name = try name()
        if accept("=") { return .memberEquals(name, try literal()) }
        try expect("(")
        switch name {
        case "resolve":
            try expect(")")
            guard acceptName("is") else { throw Self.unsupported("resolve()") }
            return .refersTo(try self.name())
        case "hasExtension":
            let url = try literal()
            try expect(")")
            return .hasExtension(url)
        default:
            throw Self.unsupported("where(\(name)())")
        }
    }

    /// The second half of `X.exists() and X != false`.
    private mutating func existsAndNotFalse(_ left: [SearchPath]) throws(SearchError) -> SearchPath {
        let right = try union()
        guard left.count == 1, left == right, accept("!"), accept("="), acceptName("false"), index == tokens.count
        else { throw Self.unsupported("and") }
        var path = left[0]
        path.isExistsAndNotFalse = true
        return path
    }

    private static func appending(_ steps: [SearchPath.Step], to path: SearchPath) -> SearchPath {
        var path = path
        path.steps += steps
        return path
    }

    // MARK: - Tokens

    private mutating func next() -> Token? {
        guard index < tokens.count else { return nil }
        defer { index += 1 }
        return tokens[index]
    }

    private mutating func accept(_ symbol: Character) -> Bool {
        guard index < tokens.count, tokens[index] == .symbol(symbol) else { return false }
        index += 1
        return true
    }

    private mutating func acceptName(_ name: String) -> Bool {
        guard index < tokens.count, tokens[index] == .name(name) else { return false }
        index += 1
        return true
    }

    private mutating func expect(_ symbol: Character) throws(SearchError) {
        guard accept(symbol) else { throw Self.unsupported("expected \(symbol)") }
    }

    private mutating func name() throws(SearchError) -> String {
        guard case .name(let name)? = next() else { throw Self.unsupported("expected a name") }
        return name
    }

    private mutating func literal() throws(SearchError) -> String {
        guard case .literal(let text)? = next() else { throw Self.unsupported("expected a literal") }
        return text
    }

    private static func tokenize(_ expression: String) throws(SearchError) -> [Token] {
        var tokens: [Token] = []
        var rest = Substring(expression)
        while let character = rest.first {
            if character.isWhitespace {
                rest = rest.dropFirst()
            } else if character == "'" {
                rest = rest.dropFirst()
                guard let end = rest.firstIndex(of: "'") else { throw unsupported("open literal") }
                tokens.append(.literal(String(rest[..<end])))
                rest = rest[rest.index(after: end)...]
            } else if character.isLetter || character == "_" {
                let word = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
                tokens.append(.name(String(word)))
                rest = rest.dropFirst(word.count)
            } else if character.isNumber {
                let digits = rest.prefix { $0.isNumber }
                guard let value = Int(digits) else { throw unsupported("number") }
                tokens.append(.number(value))
                rest = rest.dropFirst(digits.count)
            } else {
                tokens.append(.symbol(character))
                rest = rest.dropFirst()
            }
        }
        return tokens
    }
}
