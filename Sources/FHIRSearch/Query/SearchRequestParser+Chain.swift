import FHIRDefinitions

/// Criteria about other resources (R4 search.html#chaining, #has).
extension SearchRequestParser {
    /// `_has:Type:reference:rest`
    func has(
        _ name: Substring, _ value: String, on type: TypeID, depth: Int
    ) throws(SearchError) -> SearchCriterion? {
        let parts = name.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, let source = indexer.definitions.resourceType(named: String(parts[1])) else {
            throw SearchError(.invalidChain, "The form is _has:Type:reference:parameter.")
        }
        let parameter = try parameter(parts[2], on: source)
        guard parameter.kind == .reference, parameter.targets.isEmpty || parameter.targets.contains(type) else {
            throw SearchError(.invalidChain, "The parameter after the type has to refer to the type searched for.")
        }
        return try criterion(parts[3], value, on: source, depth: depth + 1).map { .has(source, parameter, $0) }
    }

    /// `link.rest` or `link:Type.rest`
    func chain(
        _ link: Substring, _ rest: Substring, _ value: String, on type: TypeID, depth: Int
    ) throws(SearchError) -> SearchCriterion? {
        try chain(link, on: type) { (target) throws(SearchError) in
            try criterion(rest, value, on: target, depth: depth + 1)
        }
    }

    /// The chain over `link`, `param` or `param:Type`, to what `inner` says of each type that it may lead to; types
    /// on which that is an error are left out unless it is one on all of them. Nil if `inner` says nothing.
    func chain(
        _ link: Substring, on type: TypeID, _ inner: (TypeID) throws(SearchError) -> SearchCriterion?
    ) throws(SearchError) -> SearchCriterion? {
        let (code, typeName) = Self.splitModifier(link)
        let parameter = try parameter(code, on: type)
        guard parameter.kind == .reference else {
            throw SearchError(.invalidChain, "Only reference parameters can be followed.")
        }
        if let typeName {
            let target = try self.target(typeName, of: parameter)
            guard let criterion = try inner(target) else { return nil }
            return .chain(parameter, [SearchCriterion.ChainTarget(type: target, criterion: criterion)])
        }
        var targets: [SearchCriterion.ChainTarget] = []
        var failure: SearchError?
        var breadth = 0
        // No targets are any.
        for target in parameter.targets.isEmpty ? indexer.definitions.resourceTypes : parameter.targets {
            do throws(SearchError) {
                try chainSteps.take()
                guard let criterion = try inner(target) else { return nil }
                targets.append(SearchCriterion.ChainTarget(type: target, criterion: criterion))
                breadth += criterion.breadth
            } catch {
                // Without this type the answer would be a part of what was asked for.
                if error.code == .tooComplex || error.code == .indexing { throw error }
                // What is wrong with a value says more than that another type lacks the parameter.
                if failure == nil || failure?.code == .unknownParameter { failure = error }
            }
        }
        guard breadth <= limits.maximumChainTargetCount else {
            throw SearchError(
                .tooComplex, "The chain leads to too many types; it has to name one: \(code):Type.parameter.")
        }
        if targets.isEmpty { throw failure ?? SearchError(.invalidChain, "The chain leads nowhere.") }
        return .chain(parameter, targets)
    }

    /// The type that a modifier names.
    func target(_ name: Substring, of parameter: ParameterIndex) throws(SearchError) -> TypeID {
        guard let type = indexer.definitions.resourceType(named: String(name)) else {
            throw ModifierRules(indexer: indexer).refusal(of: name, parameter)
        }
        guard parameter.targets.isEmpty || parameter.targets.contains(type) else {
            let names = parameter.targets.map { indexer.definitions.name(of: $0) }
            throw SearchError(
                .unsupportedModifier,
                "The parameter does not refer to this type, but to \(names.joined(separator: ", ")).")
        }
        return type
    }
}

/// How many types the chains of one search may still try.
final class ChainSteps {
    private var rest: Int

    init(_ limit: Int) { rest = limit }

    func take() throws(SearchError) {
        rest -= 1
        guard rest >= 0 else {
            throw SearchError(.tooComplex, "The chains lead to too many types; they have to name them.")
        }
    }
}

extension SearchCriterion {
    /// Number of types that are asked.
    fileprivate var breadth: Int {
        switch self {
        case .parameter, .list: 1
        case .chain(_, let targets): targets.reduce(0) { $0 + $1.criterion.breadth }
        case .has(_, _, let inner), .not(let inner): inner.breadth
        case .all(let parts), .any(let parts): parts.reduce(0) { $0 + $1.breadth }
        }
    }
}
