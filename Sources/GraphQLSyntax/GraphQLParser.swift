/// Reads executable GraphQL documents by recursive descent (GraphQL October 2021 §2).
package struct GraphQLParser {
    private var lexer: GraphQLLexer
    private var token = GraphQLLexer.Token.end
    private var location = GraphQLLocation(line: 1, column: 1)
    private var depth = 0
    private let limits: GraphQLLimits

    /// - Throws: where the text is no document, or passes a limit.
    package static func parse(
        _ text: String, limits: GraphQLLimits = GraphQLLimits()
    ) throws(GraphQLSyntaxError) -> GraphQLDocument {
        var parser = try GraphQLParser(text, limits: limits)
        return try parser.document()
    }

    private init(_ text: String, limits: GraphQLLimits) throws(GraphQLSyntaxError) {
        lexer = try GraphQLLexer(text, limits: limits)
        self.limits = limits
        try advance()
    }

    // MARK: - Definitions

    private mutating func document() throws(GraphQLSyntaxError) -> GraphQLDocument {
        var document = GraphQLDocument()
        while token != .end {
            if case .name("fragment") = token {
                let place = location
                let fragment = try fragment()
                guard document.fragments.updateValue(fragment, forKey: fragment.name) == nil else {
                    throw GraphQLSyntaxError("two fragments are named \(fragment.name)", at: place)
                }
            } else {
                document.operations.append(try operation())
            }
        }
        guard !document.operations.isEmpty else { throw GraphQLSyntaxError("there is no operation", at: location) }
        return document
    }

    private mutating func operation() throws(GraphQLSyntaxError) -> GraphQLOperation {
        let place = location
        guard case .name(let word) = token else {
            return GraphQLOperation(
                kind: .query, name: nil, variables: [], selections: try selectionSet(), location: place)
        }
        guard let kind = GraphQLOperation.Kind(rawValue: word) else {
            throw GraphQLSyntaxError("query or fragment is expected", at: place)
        }
        try advance()
        var name: String?
        if case .name(let found) = token {
            name = found
            try advance()
        }
        let variables = try variableDefinitions()
        _ = try directives()
        return GraphQLOperation(
            kind: kind, name: name, variables: variables, selections: try selectionSet(), location: place)
    }

    private mutating func variableDefinitions() throws(GraphQLSyntaxError) -> [GraphQLVariable] {
        guard try take("(") else { return [] }
        var variables: [GraphQLVariable] = []
        while try !take(")") {
            try expect("$")
            let name = try name()
            try expect(":")
            let type = try type()
            let defaultValue = try take("=") ? try value() : nil
            _ = try directives()
            variables.append(GraphQLVariable(name: name, type: type, defaultValue: defaultValue))
        }
        return variables
    }

    private mutating func type() throws(GraphQLSyntaxError) -> String {
        try enter()
        defer { depth -= 1 }
        var text: String
        if try take("[") {
            text = "[\(try type())]"
            try expect("]")
        } else {
            text = try name()
        }
        if try take("!") { text += "!" }
        return text
    }

    private mutating func fragment() throws(GraphQLSyntaxError) -> GraphQLFragment {
        try advance()
        let place = location
        let name = try name()
        guard name != "on" else { throw GraphQLSyntaxError("a fragment cannot be named on", at: place) }
        guard case .name("on") = token else { throw expected("on") }
        try advance()
        let type = try self.name()
        _ = try directives()
        return GraphQLFragment(name: name, type: type, selections: try selectionSet())
    }

    // MARK: - Selections

    private mutating func selectionSet() throws(GraphQLSyntaxError) -> [GraphQLSelection] {
        try enter()
        defer { depth -= 1 }
        try expect("{")
        var selections: [GraphQLSelection] = []
        while try !take("}") { selections.append(try selection()) }
        guard !selections.isEmpty else { throw GraphQLSyntaxError("a selection is empty", at: location) }
        return selections
    }

    private mutating func selection() throws(GraphQLSyntaxError) -> GraphQLSelection {
        guard token == .spread else { return .field(try field()) }
        let place = location
        try advance()
        switch token {
        case .name("on"):
            try advance()
            let type = try name()
            return .inline(type: type, directives: try directives(), selections: try selectionSet())
        case .name(let name):
            try advance()
            return .spread(name: name, directives: try directives(), location: place)
        default:
            return .inline(type: nil, directives: try directives(), selections: try selectionSet())
        }
    }

    private mutating func field() throws(GraphQLSyntaxError) -> GraphQLField {
        let place = location
        var name = try name()
        var alias: String?
        if try take(":") {
            alias = name
            name = try self.name()
        }
        let arguments = try arguments()
        let directives = try directives()
        let selections = token == .punctuator(UInt8(ascii: "{")) ? try selectionSet() : []
        return GraphQLField(
            alias: alias, name: name, arguments: arguments, directives: directives, selections: selections,
            location: place)
    }

    private mutating func arguments() throws(GraphQLSyntaxError) -> [GraphQLArgument] {
        guard try take("(") else { return [] }
        var arguments: [GraphQLArgument] = []
        while try !take(")") {
            let name = try name()
            try expect(":")
            arguments.append(GraphQLArgument(name: name, value: try value()))
        }
        return arguments
    }

    private mutating func directives() throws(GraphQLSyntaxError) -> [GraphQLDirective] {
        var directives: [GraphQLDirective] = []
        while token == .punctuator(UInt8(ascii: "@")) {
            let place = location
            try advance()
            let name = try name()
            directives.append(GraphQLDirective(name: name, arguments: try arguments(), location: place))
        }
        return directives
    }

    // MARK: - Values

    private mutating func value() throws(GraphQLSyntaxError) -> GraphQLValue {
        try enter()
        defer { depth -= 1 }
        switch token {
        case .number(let text):
            try advance()
            return .number(text)
        case .string(let text):
            try advance()
            return .string(text)
        case .name(let word):
            try advance()
            switch word {
            case "true": return .bool(true)
            case "false": return .bool(false)
            case "null": return .null
            default: return .enumeration(word)
            }
        case .punctuator(UInt8(ascii: "$")):
            try advance()
            return .variable(try name())
        case .punctuator(UInt8(ascii: "[")):
            try advance()
            var items: [GraphQLValue] = []
            while try !take("]") { items.append(try value()) }
            return .list(items)
        case .punctuator(UInt8(ascii: "{")): return try object()
        default: throw expected("a value")
        }
    }

    private mutating func object() throws(GraphQLSyntaxError) -> GraphQLValue {
        try advance()
        var members: [String: GraphQLValue] = [:]
        while try !take("}") {
            let name = try name()
            try expect(":")
            members[name] = try value()
        }
        return .object(members)
    }

    // MARK: - Tokens

    private mutating func advance() throws(GraphQLSyntaxError) {
        token = try lexer.next()
        location = lexer.location
    }

    private mutating func take(_ punctuator: Unicode.Scalar) throws(GraphQLSyntaxError) -> Bool {
        guard token == .punctuator(UInt8(ascii: punctuator)) else {
            // A document that ends inside a list would otherwise be read for ever.
            if token == .end { throw expected(String(Character(punctuator))) }
            return false
        }
        try advance()
        return true
    }

    private mutating func expect(_ punctuator: Unicode.Scalar) throws(GraphQLSyntaxError) {
        guard token == .punctuator(UInt8(ascii: punctuator)) else { throw expected(String(Character(punctuator))) }
        try advance()
    }

    private mutating func name() throws(GraphQLSyntaxError) -> String {
        guard case .name(let name) = token else { throw expected("a name") }
        try advance()
        return name
    }

    private func expected(_ what: String) -> GraphQLSyntaxError {
        GraphQLSyntaxError("\(what) is expected", at: location)
    }

    private mutating func enter() throws(GraphQLSyntaxError) {
        depth += 1
        guard depth <= limits.depth else {
            throw GraphQLSyntaxError("nesting is deeper than \(limits.depth)", at: location)
        }
    }
}
