import FHIRDefinitions

/// Reads search parameters into a request (R4 search.html). Result parameters are in the extension beside.
struct SearchRequestParser {
    /// The parameter of page links that says where the page begins.
    static let cursorName = "_cursor"

    let handling: SearchRequest.Handling
    let indexer: SearchIndexer
    let limits: SearchLimits
    var request: SearchRequest
    let customUse = CustomParameterUse()

    init(type: TypeID, handling: SearchRequest.Handling, indexer: SearchIndexer, limits: SearchLimits) {
        self.handling = handling
        self.indexer = indexer
        self.limits = limits
        request = SearchRequest(type: type, typeName: indexer.definitions.name(of: type))
    }

    mutating func parse(_ pairs: [(String, String)]) throws(SearchError) {
        // Before any parameter is looked up: what changes later counts as a change.
        let revision = indexer.customRevision
        guard pairs.count <= limits.maximumParameterCount else {
            throw SearchError(.tooComplex, "A search takes at most \(limits.maximumParameterCount) parameters.")
        }
        for (name, value) in pairs where !value.isEmpty {
            do throws(SearchError) {
                try parse(name, value)
            } catch {
                let error = error.about(name)
                guard handling == .lenient, error.code == .unknownParameter else { throw error }
                request.warnings.append(SearchRequest.Warning(parameter: name, message: error.message))
            }
        }
        request.customRevision = customUse.isUsed ? revision : nil
    }

    private mutating func parse(_ name: String, _ value: String) throws(SearchError) {
        if name == Self.cursorName {
            request.cursor = value
            return
        }
        if try !parseResultParameter(name, value) {
            guard let criterion = try criterion(name[...], value, on: request.type, depth: 0) else { return }
            request.criteria.append(criterion)
        }
        request.understood.append((name, value))
    }

    // MARK: - Criteria

    /// The criterion that `name=value` states about a resource of type `type`; nil if all its values are empty.
    private func criterion(
        _ name: Substring, _ value: String, on type: TypeID, depth: Int
    ) throws(SearchError) -> SearchCriterion? {
        guard depth <= limits.maximumChainDepth else {
            throw SearchError(.tooComplex, "A chain has at most \(limits.maximumChainDepth) links.")
        }
        if name.hasPrefix("_has:") { return try has(name, value, on: type, depth: depth) }
        if let dot = name.firstIndex(of: ".") {
            return try chain(name[..<dot], name[name.index(after: dot)...], value, on: type, depth: depth)
        }
        let (code, modifier) = Self.splitModifier(name)
        let parameter = try parameter(code, on: type)
        return try parameterCriterion(parameter, modifier, value).map { .parameter($0) }
    }

    private static func splitModifier(_ name: Substring) -> (code: Substring, modifier: Substring?) {
        guard let colon = name.firstIndex(of: ":") else { return (name, nil) }
        return (name[..<colon], name[name.index(after: colon)...])
    }

    func parameter(_ code: Substring, on type: TypeID) throws(SearchError) -> ParameterIndex {
        let index = indexer.index(of: type)
        if let parameter = index.parameters[String(code)] {
            customUse.note(parameter)
            return parameter
        }
        try requireIndexed(code, index)
        let isKnown = index.failures[String(code)] != nil || Self.unsupported.contains(String(code))
        throw SearchError(
            .unknownParameter,
            isKnown ? "This server does not support the parameter." : "\(index.name) has no such search parameter.")
    }

    /// Parameters of the standard that are no index lookups.
    private static let unsupported: Set<String> = [
        "_list", "_text", "_content", "_filter", "_query", "_type", "_contained", "_containedType",
    ]

    private func has(
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

    private func chain(
        _ link: Substring, _ rest: Substring, _ value: String, on type: TypeID, depth: Int
    ) throws(SearchError) -> SearchCriterion? {
        let (code, typeName) = Self.splitModifier(link)
        let parameter = try parameter(code, on: type)
        guard parameter.kind == .reference else {
            throw SearchError(.invalidChain, "Only reference parameters can be followed.")
        }
        if let typeName {
            let target = try self.target(typeName, of: parameter)
            return try criterion(rest, value, on: target, depth: depth + 1)
                .map { .chain(parameter, [SearchCriterion.ChainTarget(type: target, criterion: $0)]) }
        }
        guard !parameter.targets.isEmpty, parameter.targets.count <= limits.maximumChainTargetCount else {
            throw SearchError(.invalidChain, "The chain has to name a type: parameter:Type.parameter.")
        }
        var targets: [SearchCriterion.ChainTarget] = []
        var failure: SearchError?
        for target in parameter.targets {
            do throws(SearchError) {
                guard let inner = try criterion(rest, value, on: target, depth: depth + 1) else { return nil }
                targets.append(SearchCriterion.ChainTarget(type: target, criterion: inner))
            } catch {
                // Without this type the answer would be a part of what was asked for.
                if error.code == .indexing { throw error }
                failure = error
            }
        }
        if targets.isEmpty { throw failure ?? SearchError(.invalidChain, "The chain leads nowhere.") }
        return .chain(parameter, targets)
    }

    private func target(_ name: Substring, of parameter: ParameterIndex) throws(SearchError) -> TypeID {
        guard let type = indexer.definitions.resourceType(named: String(name)) else {
            throw SearchError(.unsupportedModifier, "The parameter does not take this modifier.")
        }
        guard parameter.targets.isEmpty || parameter.targets.contains(type) else {
            throw SearchError(.unsupportedModifier, "The parameter does not refer to this type.")
        }
        return type
    }

    // MARK: - Parameters of the type

    private func parameterCriterion(
        _ parameter: ParameterIndex, _ modifier: Substring?, _ value: String
    ) throws(SearchError) -> ParameterCriterion? {
        let texts = SearchValueSyntax.split(value[...], at: UInt8(ascii: ",")).filter { !$0.isEmpty }
        guard !texts.isEmpty else { return nil }
        guard texts.count <= limits.maximumValueCount else {
            throw SearchError(.tooComplex, "A parameter takes at most \(limits.maximumValueCount) values.")
        }
        if modifier == "missing" {
            guard value == "true" || value == "false" else {
                throw SearchError(.invalidValue, "The value of :missing is true or false.")
            }
            return ParameterCriterion(parameter: parameter, modifier: .missing(value == "true"), values: [])
        }
        let reader = SearchValueReader(indexer: indexer)
        var targets = parameter.targets
        var meaning = ParameterCriterion.Modifier.none
        switch (modifier, parameter.kind) {
        case (nil, _): break
        case ("exact", .string): meaning = .exact
        case ("contains", .string): meaning = .contains
        case ("not", .token): meaning = .not
        case ("identifier", .reference): meaning = .identifier
        case (let typeName?, .reference): targets = [try target(typeName, of: parameter)]
        default: throw SearchError(.unsupportedModifier, "The parameter does not take this modifier.")
        }
        var values: [SearchValue] = []
        for text in texts {
            if meaning == .identifier {
                values.append(.reference(.identifier(try reader.token(text))))
            } else if parameter.kind == .composite {
                values.append(try composite(text, parameter, reader))
            } else {
                values.append(try reader.value(text, kind: parameter.kind, targets: targets))
            }
        }
        return ParameterCriterion(parameter: parameter, modifier: meaning, values: values)
    }

    private func composite(
        _ text: Substring, _ parameter: ParameterIndex, _ reader: SearchValueReader
    ) throws(SearchError) -> SearchValue {
        let parts = SearchValueSyntax.split(text, at: UInt8(ascii: "$"))
        let kinds = parameter.componentKinds
        guard parts.count == kinds.count, !parts.contains(where: \.isEmpty) else {
            throw SearchError(.invalidValue, "The value needs \(kinds.count) parts, joined by $.")
        }
        var values: [SearchValue] = []
        for (part, kind) in zip(parts, kinds) {
            values.append(try reader.value(part, kind: kind, targets: []))
        }
        return .composite(values)
    }
}
