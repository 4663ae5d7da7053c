import FHIRDefinitions

/// An expression that came from outside: stricter than the parser of the standard's expressions, whose texts are known.
struct CustomExpression {
    private let paths: [SearchPath]

    /// Bounds what the parser recurses into.
    private static let greatestNesting = 32
    private static let greatestLength = 10_000
    /// Greatest position in an array that an indexer may name.
    private static let greatestPosition = 9_999

    /// Throws `SearchError` for what lies outside the supported subset of FHIRPath.
    init(_ text: String) throws(SearchError) {
        guard !text.isEmpty else { throw Self.refusal("The parameter has no expression.") }
        guard text.utf8.count <= Self.greatestLength else { throw Self.refusal("The expression is too long.") }
        var depth = 0
        for byte in text.utf8 where byte == UInt8(ascii: "(") || byte == UInt8(ascii: ")") {
            depth += byte == UInt8(ascii: "(") ? 1 : -1
            if depth > Self.greatestNesting { throw Self.refusal("The expression has too many parentheses.") }
        }
        paths = try SearchPathParser.parse(text)
        for path in paths where path.isExistsAndNotFalse {
            guard path.steps.count == 1 else {
                throw Self.refusal("The form X.exists() and X != false needs one member.")
            }
        }
        // The parser reads exists() as nothing, which is right in that one form only.
        if text.contains("exists()"), !paths.contains(where: \.isExistsAndNotFalse) {
            throw Self.refusal("exists() is not supported here.")
        }
        for path in paths {
            var hasMember = false
            var isFiltered = false
            for step in path.steps {
                switch step {
                case .member, .extensionWith:
                    hasMember = true
                    if case .extensionWith = step { isFiltered = true } else { isFiltered = false }
                case .memberEquals, .hasExtension:
                    guard hasMember else { throw Self.refusal("where() needs an element before it.") }
                    guard !isFiltered else { throw Self.refusal("Only one where() per element is supported.") }
                    isFiltered = true
                case .index(let position):
                    guard hasMember else { throw Self.refusal("An indexer needs an element before it.") }
                    guard !isFiltered, position <= Self.greatestPosition else {
                        throw Self.refusal("An indexer stands behind a plain element, up to 9999.")
                    }
                case .narrowed, .refersTo: break
                }
            }
        }
    }

    /// Whether the expression starts at `%resource`.
    var startsAtResource: Bool { paths.allSatisfy { $0.root == .resource } }

    /// What the expression finds in a type that parameters of the kind can search; never empty.
    func bind(
        _ kind: SearchKind, to type: TypeID, definitions: FHIRDefinitions
    ) throws(SearchError) -> [PathBinder.Result] {
        let binder = PathBinder(definitions: definitions, kind: kind)
        var results: [PathBinder.Result] = []
        for path in paths {
            if path.isExistsAndNotFalse, kind != .token {
                throw Self.refusal("A boolean is searched by a parameter of type token.")
            }
            results += try binder.bind(path, context: type)
        }
        guard !results.isEmpty else {
            throw Self.refusal("No alternative is about \(definitions.name(of: type)).")
        }
        // A path that ends at the resource itself has no value, but for composites, which start there.
        guard kind == .composite || results.allSatisfy({ !$0.path.steps.isEmpty }) else {
            throw Self.refusal("The expression names no element.")
        }
        return results
    }

    private static func refusal(_ message: String) -> SearchError { SearchError(.unsupportedExpression, message) }
}
