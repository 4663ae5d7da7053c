import FHIRDefinitions

/// `_filter` as criteria: each of its tests is one of the type's parameters (R4 search_filter.html).
extension SearchRequestParser {
    func filter(_ text: String, on type: TypeID, depth: Int) throws(SearchError) -> SearchCriterion? {
        try criterion(try FilterParser.parse(text), on: type, depth: depth)
    }

    private func criterion(
        _ expression: FilterExpression, on type: TypeID, depth: Int
    ) throws(SearchError) -> SearchCriterion {
        switch expression {
        case .test(let test): return try criterion(test, test.path[...], on: type, depth: depth)
        case .not(let inner): return .not(try criterion(inner, on: type, depth: depth))
        case .both(let left, let right):
            return .all([
                try criterion(left, on: type, depth: depth), try criterion(right, on: type, depth: depth),
            ])
        case .either(let left, let right):
            return .any([
                try criterion(left, on: type, depth: depth), try criterion(right, on: type, depth: depth),
            ])
        }
    }

    private func criterion(
        _ test: FilterTest, _ path: ArraySlice<FilterTest.Step>, on type: TypeID, depth: Int
    ) throws(SearchError) -> SearchCriterion {
        guard let step = path.first, depth <= limits.maximumChainDepth else {
            throw SearchError(.tooComplex, "A chain has at most \(limits.maximumChainDepth) links.")
        }
        let rest = path.dropFirst()
        do throws(SearchError) {
            if rest.isEmpty { return try leaf(test, try parameter(step.name[...], on: type), on: type) }
            let chain = try chain(step.name[...], on: type) { (target) throws(SearchError) in
                let inner = try criterion(test, rest, on: target, depth: depth + 1)
                guard let filter = step.filter else { return inner }
                return .all([try criterion(filter, on: target, depth: depth + 1), inner])
            }
            guard let chain else { throw SearchError(.invalidChain, "The chain leads nowhere.") }
            return chain
        } catch {
            throw error.placed(at: error.code == .invalidValue && rest.isEmpty ? test.valuePosition : step.position)
        }
    }

    private func leaf(
        _ test: FilterTest, _ parameter: ParameterIndex, on type: TypeID
    ) throws(SearchError) -> SearchCriterion {
        if test.comparison == .pr, parameter.kind != .content, parameter.kind != .narrative {
            guard test.value == "true" || test.value == "false" else {
                throw SearchError(.invalidValue, "The value of pr is true or false.")
            }
            return .parameter(
                ParameterCriterion(parameter: parameter, modifier: .missing(test.value == "false"), values: []))
        }
        switch parameter.kind {
        case .string: return try string(test, parameter)
        case .token, .reference, .uri, .composite: return try coded(test, parameter, on: type)
        case .number, .date, .quantity: return try ordered(test, parameter)
        case .special, .content, .narrative, .position: throw refusal(test, parameter)
        }
    }

    private func string(_ test: FilterTest, _ parameter: ParameterIndex) throws(SearchError) -> SearchCriterion {
        let modifier: ParameterCriterion.Modifier
        switch test.comparison {
        case .eq: modifier = .equals
        case .ne: modifier = .unequal
        case .co: modifier = .contains
        case .sw: modifier = .none
        case .ew: modifier = .endsWith
        case .gt, .sa: modifier = .ordered(.gt)
        case .ge: modifier = .ordered(.ge)
        case .lt, .eb: modifier = .ordered(.lt)
        case .le: modifier = .ordered(.le)
        default: throw refusal(test, parameter)
        }
        return .parameter(
            ParameterCriterion(parameter: parameter, modifier: modifier, values: [.string(test.value)]))
    }

    /// What is found by keys: equality, value sets and hierarchies.
    private func coded(
        _ test: FilterTest, _ parameter: ParameterIndex, on type: TypeID
    ) throws(SearchError) -> SearchCriterion {
        let modifier: ParameterCriterion.Modifier
        switch (test.comparison, parameter.kind) {
        case (.eq, _), (.re, .reference): modifier = .none
        case (.ne, _): modifier = .not
        case (.in, .token): modifier = .inValueSet
        case (.ni, .token): modifier = .notInValueSet
        // The value subsumes what the resource has: what it has is below.
        case (.ss, .token), (.ss, .uri), (.ss, .reference), (.sw, .uri): modifier = .below
        case (.sb, .token), (.sb, .uri), (.sb, .reference): modifier = .above
        default: throw refusal(test, parameter)
        }
        let value = try value(
            test.value[...], parameter, modifier == .not ? .none : modifier, parameter.targets, on: type)
        let criterion = SearchCriterion.parameter(
            ParameterCriterion(parameter: parameter, modifier: modifier, values: [value]))
        guard test.comparison == .ne else { return criterion }
        // An item has to be there to be unequal.
        let present = ParameterCriterion(parameter: parameter, modifier: .missing(false), values: [])
        return .all([criterion, .parameter(present)])
    }

    private func ordered(_ test: FilterTest, _ parameter: ParameterIndex) throws(SearchError) -> SearchCriterion {
        let reader = SearchValueReader(indexer: indexer)
        var value: SearchValue
        if test.comparison == .po, parameter.kind == .date {
            guard case .date(.eq, let range) = try reader.value(test.value[...], kind: .date, targets: []) else {
                throw SearchError(.invalidValue, "A date without prefix is expected.")
            }
            value = .overlapping(range)
        } else {
            guard let prefix = SearchPrefix(rawValue: test.comparison.rawValue) else { throw refusal(test, parameter) }
            guard test.value.first?.isLetter != true else {
                throw SearchError(.invalidValue, "A value without prefix is expected: the operator stands before it.")
            }
            value = try reader.value((prefix.rawValue + test.value)[...], kind: parameter.kind, targets: [])
        }
        return .parameter(ParameterCriterion(parameter: parameter, modifier: .none, values: [value]))
    }

    private func refusal(_ test: FilterTest, _ parameter: ParameterIndex) -> SearchError {
        SearchError(
            .unsupportedModifier,
            "The operator \(test.comparison.rawValue) does not apply to \(parameter.kind.rawValue) parameters.")
    }
}

extension SearchError {
    /// The same error with its place in the filter, if it names none yet. Unknown names in a filter are errors of its
    /// value: left out, it would say something else.
    fileprivate func placed(at position: Int) -> SearchError {
        if message.hasPrefix("At character") { return self }
        var error = self
        error.message = "At character \(position) of the filter: \(message)"
        if code == .unknownParameter { error.code = .invalidValue }
        return error
    }
}
