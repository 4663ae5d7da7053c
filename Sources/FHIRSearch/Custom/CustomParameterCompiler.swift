import FHIRDefinitions

/// Compiles custom parameters behind the standard's parameters of a type.
///
/// Their slots are their own: none is shared with another parameter, so that one can come and go without the others.
/// A slot keeps its position for as long as the process lives, because searches that were parsed before a change may
/// still run behind it. A parameter that is no longer in force keeps its place, empty.
struct CustomParameterCompiler {
    let definitions: FHIRDefinitions
    let type: TypeID

    /// A parameter that this process has seen, in the order seen.
    struct Known {
        var parameter: CustomParameter
        var generation: Int64
        /// Nil if the parameter is no longer in force.
        var isActive: Bool?
    }

    /// What a parameter adds to a type's index.
    private struct Compiled {
        var slots: [IndexSlot] = []
        var index: ParameterIndex
    }

    /// The standard's index with the custom parameters in it.
    func extend(_ standard: TypeIndex, with known: [Known]) -> TypeIndex {
        var slots = standard.slots
        var parameters = standard.parameters
        var failures = standard.failures
        for entry in known where entry.parameter.base == type {
            let parameter = entry.parameter
            let compiled: Compiled
            do throws(SearchError) {
                compiled = try compile(parameter, generation: entry.generation, firstSlot: slots.count)
            } catch {
                // What this version cannot compile adds no slot, now or later.
                if entry.isActive != nil, parameters[parameter.code] == nil { failures[parameter.code] = error }
                continue
            }
            slots += entry.isActive == nil ? compiled.slots.map { $0.retired() } : compiled.slots
            // The standard's parameters stand whatever the database says.
            guard let isActive = entry.isActive, standard.parameters[parameter.code] == nil else { continue }
            if isActive {
                parameters[parameter.code] = compiled.index
            } else {
                failures[parameter.code] = SearchError(.indexing, "The parameter is still being indexed.")
            }
        }
        return TypeIndex(
            type: standard.type, name: standard.name, slots: slots, parameters: parameters, failures: failures,
            plan: standard.plan)
    }

    /// Throws `SearchError` that says why the parameter cannot be indexed.
    func check(_ parameter: CustomParameter) throws(SearchError) {
        _ = try compile(parameter, generation: 0, firstSlot: 0)
    }

    private func compile(
        _ parameter: CustomParameter, generation: Int64, firstSlot: Int
    ) throws(SearchError) -> Compiled {
        let seed = "\(parameter.url)|\(generation)"
        let kind = SearchKind(parameter.kind)
        switch kind {
        case .composite: return try composite(parameter, seed: seed, firstSlot: firstSlot)
        case .number, .date, .string, .token, .reference, .quantity, .uri: break
        default: throw SearchError(.notSupported, "Parameters of type \(parameter.kind.rawValue) cannot be added.")
        }
        let results = try CustomExpression(parameter.expression).bind(kind, to: type, definitions: definitions)
        guard let first = results.first, results.allSatisfy({ $0.refersTo == first.refersTo }) else {
            throw SearchError(.unsupportedExpression, "All alternatives need the same test of the reference's type.")
        }
        if parameter.targets.contains(where: { target in first.refersTo.map { $0 != target } ?? false }) {
            throw SearchError(.unsupportedExpression, "The expression refers to another type than the target.")
        }
        var slot = slot(kind, paths(results), seed: seed)
        slot.hasTypePresenceKeys = first.refersTo != nil
        let index = ParameterIndex(
            definition: parameter.definition, kind: kind, slots: [firstSlot], refersTo: first.refersTo,
            targets: targets(kind, parameter.targets, slot.paths, first.refersTo), alternatives: [],
            componentKinds: [])
        return Compiled(slots: [slot], index: index)
    }

    private func paths(_ results: [PathBinder.Result]) -> [BoundPath] {
        var paths: [BoundPath] = []
        for result in results where !paths.contains(result.path) { paths.append(result.path) }
        return paths
    }

    private func slot(_ kind: SearchKind, _ paths: [BoundPath], seed: String) -> IndexSlot {
        let storage: IndexSlot.Storage =
            switch kind {
            case .string: .strings
            case .number, .quantity: .numbers
            case .date: .ranges
            default: .keys
            }
        return IndexSlot(
            url: seed, kind: kind, storage: storage, paths: paths,
            hasPresenceKey: storage == .keys && !paths.contains(where: \.isMandatory))
    }

    private func targets(
        _ kind: SearchKind, _ stated: [TypeID], _ paths: [BoundPath], _ refersTo: TypeID?
    ) -> [TypeID] {
        guard kind == .reference else { return [] }
        if let refersTo { return [refersTo] }
        if !stated.isEmpty { return stated }
        if paths.contains(where: \.targets.isEmpty) { return [] }
        return Array(Set(paths.flatMap(\.targets))).sorted().filter { definitions.resourceTypes.contains($0) }
    }

    // MARK: - Composites

    private func composite(
        _ parameter: CustomParameter, seed: String, firstSlot: Int
    ) throws(SearchError) -> Compiled {
        guard parameter.components.count >= 2 else {
            throw SearchError(.unsupportedExpression, "A composite has at least two components.")
        }
        var slots: [IndexSlot] = []
        var alternatives: [ParameterIndex.CompositeAlternative] = []
        let bases = try CustomExpression(parameter.expression).bind(.composite, to: type, definitions: definitions)
        for base in paths(bases) {
            let part = "\(seed)|\(alternatives.count)"
            if base.steps.isEmpty {
                var parts: [ParameterIndex.Part] = []
                for component in parameter.components {
                    let kind = SearchKind(component.kind)
                    let found = paths(
                        try CustomExpression(component.expression).bind(kind, to: type, definitions: definitions))
                    let number = firstSlot + slots.count
                    slots.append(slot(kind, found, seed: "\(part)|\(parts.count)"))
                    parts.append(.init(kind: kind, slots: [number], targets: targets(kind, [], found, nil)))
                }
                alternatives.append(.conjunction(parts))
            } else {
                alternatives.append(.slot(firstSlot + slots.count))
                slots.append(try combined(parameter, base: base, seed: part))
            }
        }
        let index = ParameterIndex(
            definition: parameter.definition, kind: .composite, slots: [], refersTo: nil, targets: [],
            alternatives: alternatives, componentKinds: parameter.components.map { SearchKind($0.kind) })
        return Compiled(slots: slots, index: index)
    }

    /// The slot that holds combinations of parts of a repeating element.
    private func combined(
        _ parameter: CustomParameter, base: BoundPath, seed: String
    ) throws(SearchError) -> IndexSlot {
        var components: [IndexSlot.Component] = []
        for component in parameter.components {
            let kind = SearchKind(component.kind)
            let expression = try CustomExpression(component.expression)
            let context = expression.startsAtResource ? type : base.leaf
            let found = paths(try expression.bind(kind, to: context, definitions: definitions))
            components.append(
                IndexSlot.Component(
                    kind: kind, paths: found, startsAtResource: expression.startsAtResource,
                    isCaseSensitive: found.allSatisfy { ValueReader.isCaseSensitive(typeName: $0.leafName) }))
        }
        var slot = IndexSlot(
            url: seed, kind: .composite, storage: .keys, paths: [base], hasPresenceKey: true, components: components)
        switch slot.layout {
        case nil: throw SearchError(.unsupportedExpression, "Components of these types cannot be combined.")
        case .keys: break
        case .quantity, .number, .numberPair: slot.storage = .numbers
        case .date: slot.storage = .ranges
        case .string: slot.storage = .strings
        }
        return slot
    }
}

extension IndexSlot {
    /// The place of a slot whose parameter is gone: no resource leaves an entry in it.
    fileprivate func retired() -> IndexSlot {
        IndexSlot(url: url, kind: kind, storage: .keys, paths: [], hasPresenceKey: true)
    }
}
