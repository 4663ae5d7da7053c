import FHIRDefinitions

/// Compiles the search parameters of one resource type to slots.
///
/// Order matters, for the first parameter that needs a path owns it: parameters with few paths come before those
/// that join several, untested references before tested ones, then by url. A parameter takes over every slot whose
/// paths are all its own and gets a slot only for what is left.
struct TypeIndexCompiler {
    let definitions: FHIRDefinitions
    let type: TypeID
    private var slots: [IndexSlot] = []
    private var parameters: [String: ParameterIndex] = [:]
    private var failures: [String: SearchError] = [:]
    private var plan = IndexPlan(hasSubject: false, dateParameter: nil, quantityParameter: nil)

    init(definitions: FHIRDefinitions, type: TypeID) {
        self.definitions = definitions
        self.type = type
    }

    private struct Candidate {
        let definition: SearchParameterDefinition
        let kind: SearchKind
        let paths: [BoundPath]
        let refersTo: TypeID?
    }

    func compile() -> TypeIndex {
        var compiler = self
        compiler.run()
        return TypeIndex(
            type: type, name: definitions.name(of: type), slots: compiler.slots, parameters: compiler.parameters,
            failures: compiler.failures, plan: compiler.plan)
    }

    private mutating func run() {
        var candidates: [Candidate] = []
        var composites: [SearchParameterDefinition] = []
        var seen: Set<String> = []
        for definition in definitions.searchParameters(of: type) where seen.insert(definition.code).inserted {
            switch SearchKind(definition.type) {
            case .composite: composites.append(definition)
            case .string where definition.expression.isEmpty && fullTextKinds[definition.code] != nil:
                parameters[definition.code] = ParameterIndex(
                    definition: definition, kind: fullTextKinds[definition.code] ?? .content, slots: [], refersTo: nil,
                    targets: [], alternatives: [], componentKinds: [])
            case .special where definition.code != "near":
                failures[definition.code] = SearchError(.notSupported, "Special parameter.")
            case let stated:
                let kind = stated == .special ? .position : stated
                do throws(SearchError) {
                    candidates.append(try candidate(definition, kind))
                } catch {
                    failures[definition.code] = error
                }
            }
        }
        candidates.sort { left, right in
            if left.paths.count != right.paths.count { return left.paths.count < right.paths.count }
            if (left.refersTo == nil) != (right.refersTo == nil) { return left.refersTo == nil }
            return left.definition.url < right.definition.url
        }
        for candidate in candidates { add(candidate) }
        chooseColumns()
        markTypePresence()
        for composite in composites.sorted(by: { $0.url < $1.url }) {
            do throws(SearchError) {
                try addComposite(composite)
            } catch {
                failures[composite.code] = error
            }
        }
    }

    // MARK: - Plain parameters

    private func candidate(
        _ definition: SearchParameterDefinition, _ kind: SearchKind
    ) throws(SearchError) -> Candidate {
        if definition.expression.isEmpty {
            throw SearchError(.unsupportedExpression, "The parameter has no expression.")
        }
        let results = try bind(definition.expression, kind)
        if results.isEmpty { throw SearchError(.unsupportedExpression, "No alternative is about this type.") }
        var paths: [BoundPath] = []
        for result in results where !paths.contains(result.path) { paths.append(result.path) }
        return Candidate(definition: definition, kind: kind, paths: paths, refersTo: results[0].refersTo)
    }

    private func bind(_ expression: String, _ kind: SearchKind) throws(SearchError) -> [PathBinder.Result] {
        let binder = PathBinder(definitions: definitions, kind: kind)
        var results: [PathBinder.Result] = []
        for path in try SearchPathParser.parse(expression) { results += try binder.bind(path, context: type) }
        return results
    }

    private mutating func add(_ candidate: Candidate) {
        let owner = slots.indices.filter { index in
            slots[index].kind == candidate.kind && slots[index].paths.allSatisfy(candidate.paths.contains)
        }
        var indices = owner
        let rest = candidate.paths.filter { path in !owner.contains { slots[$0].paths.contains(path) } }
        if !rest.isEmpty {
            indices.append(slots.count)
            slots.append(slot(candidate.definition, candidate.kind, rest))
        }
        let definition = candidate.definition
        parameters[definition.code] = ParameterIndex(
            definition: definition, kind: candidate.kind, slots: indices, refersTo: candidate.refersTo,
            targets: targets(definition, candidate), alternatives: [], componentKinds: [])
    }

    private func targets(_ definition: SearchParameterDefinition, _ candidate: Candidate) -> [TypeID] {
        guard candidate.kind == .reference else { return [] }
        if let only = candidate.refersTo { return [only] }
        let concrete = definition.targets.filter { definitions.resourceTypes.contains($0) }
        if !concrete.isEmpty { return concrete }
        if candidate.paths.contains(where: \.targets.isEmpty) { return [] }
        return Array(Set(candidate.paths.flatMap(\.targets))).sorted { $0.rawValue < $1.rawValue }
            .filter { definitions.resourceTypes.contains($0) }
    }

    private func slot(
        _ definition: SearchParameterDefinition, _ kind: SearchKind, _ paths: [BoundPath]
    ) -> IndexSlot {
        let storage: IndexSlot.Storage =
            switch (definition.code, kind) {
            case ("_id", _): .idColumn
            case ("_lastUpdated", _): .updatedColumn
            case (_, .string): .strings
            case (_, .number), (_, .quantity), (_, .position): .numbers
            case (_, .date): .ranges
            default: .keys
            }
        return IndexSlot(
            url: definition.url, kind: kind, storage: storage, paths: paths,
            hasPresenceKey: storage == .keys && !paths.contains(where: \.isMandatory),
            longestSpan: longestSpan(kind, paths))
    }

    private func longestSpan(_ kind: SearchKind, _ paths: [BoundPath]) -> Int64? {
        guard kind == .date else { return nil }
        let names = Set(paths.map(\.leafName))
        if names == ["instant"] { return 1_000_000 }
        return names.isSubset(of: ["instant", "date", "dateTime"]) ? 366 * 86_400_000_000 : nil
    }

    // MARK: - Columns

    /// Moves the entries of the main date, quantity and patient from side tables and keys into columns.
    private mutating func chooseColumns() {
        if let (code, index) = singleSlot(of: IndexPlan.datePreference, kind: .date) {
            slots[index].storage = .dateColumns
            plan.dateParameter = code
        }
        if let (code, index) = singleSlot(of: IndexPlan.quantityPreference, kind: .quantity) {
            slots[index].storage = .quantityColumns
            plan.quantityParameter = code
        }
        if let (_, index) = singleSlot(of: ["patient", "subject", "beneficiary"], kind: .reference),
            parameters["patient"]?.refersTo != nil || isPatientOnly(slots[index])
        {
            slots[index].storage = .subject
            plan.hasSubject = true
        }
    }

    private mutating func markTypePresence() {
        for parameter in parameters.values {
            guard let type = parameter.refersTo else { continue }
            for index in parameter.slots
            where slots[index].storage != .subject || definitions.name(of: type) != "Patient" {
                slots[index].hasTypePresenceKeys = true
            }
        }
    }

    private func isPatientOnly(_ slot: IndexSlot) -> Bool {
        slot.paths.allSatisfy { $0.targets.contains { definitions.name(of: $0) == "Patient" } }
    }

    private func singleSlot(of codes: [String], kind: SearchKind) -> (String, Int)? {
        for code in codes {
            guard let parameter = parameters[code], parameter.kind == kind, parameter.slots.count == 1,
                let index = parameter.slots.first, !slots[index].repeats
            else { continue }
            return (code, index)
        }
        return nil
    }

    // MARK: - Composites

    private mutating func addComposite(_ definition: SearchParameterDefinition) throws(SearchError) {
        var alternatives: [ParameterIndex.CompositeAlternative] = []
        for result in try bind(definition.expression, .composite) {
            if result.path.steps.isEmpty {
                let parts = try parts(of: definition)
                alternatives.append(.conjunction(parts))
                joinQuantity(to: parts)
            } else {
                alternatives.append(.slot(try compositeSlot(definition, base: result.path)))
            }
        }
        parameters[definition.code] = ParameterIndex(
            definition: definition, kind: .composite, slots: [], refersTo: nil, targets: [],
            alternatives: alternatives, componentKinds: componentKinds(of: alternatives))
    }

    /// Has a token's codes lead to the main quantity. The first composite that needs it decides: there is one place.
    private mutating func joinQuantity(to parts: [ParameterIndex.Part]) {
        guard parts.count == 2, parts[0].kind == .token, let token = parts[0].slots.first, parts[0].slots.count == 1,
            let quantity = parts[1].slots.first, slots[quantity].storage == .quantityColumns,
            slots[token].storage == .keys, !slots.contains(where: { $0.quantityRows != nil })
        else { return }
        slots[token].quantityRows = KeySeed(url: slots[token].url + "|" + slots[quantity].url).parameterNumber
    }

    private func componentKinds(of alternatives: [ParameterIndex.CompositeAlternative]) -> [SearchKind] {
        switch alternatives.first {
        case .conjunction(let parts)?: parts.map(\.kind)
        case .slot(let index)?: slots[index].components.map(\.kind)
        case nil: []
        }
    }

    /// The slots that hold each part when the composite is about the resource as a whole.
    private func parts(of definition: SearchParameterDefinition) throws(SearchError) -> [ParameterIndex.Part] {
        var parts: [ParameterIndex.Part] = []
        for component in definition.components {
            let part = definitions.searchParameters[component.definition]
            let kind = SearchKind(part.type)
            guard let parameter = parameters.values.first(where: { $0.definition.url == part.url }) else {
                throw SearchError(.unsupportedExpression, "A component's parameter is not on this type.")
            }
            let paths = try bind(component.expression, kind).map(\.path)
            let indices = parameter.slots.filter { slots[$0].paths.contains(where: paths.contains) }
            guard !indices.isEmpty else {
                throw SearchError(.unsupportedExpression, "A component's values are not indexed.")
            }
            parts.append(ParameterIndex.Part(kind: kind, slots: indices, targets: parameter.targets))
        }
        return parts
    }

    private mutating func compositeSlot(
        _ definition: SearchParameterDefinition, base: BoundPath
    ) throws(SearchError) -> Int {
        var components: [IndexSlot.Component] = []
        for component in definition.components {
            components.append(try self.component(component, base: base))
        }
        if let index = slots.firstIndex(where: { $0.url == definition.url && $0.paths == [base] }) { return index }
        var slot = IndexSlot(
            url: definition.url, kind: .composite, storage: .keys, paths: [base], hasPresenceKey: true,
            components: components)
        switch slot.layout {
        case nil: throw SearchError(.unsupportedExpression, "Components of these types cannot be combined.")
        case .keys: break
        case .quantity, .number, .numberPair: slot.storage = .numbers
        case .date: slot.storage = .ranges
        case .string: slot.storage = .strings
        }
        // Parts that repeat a slot of another composite parameter are stored once.
        if let same = slots.firstIndex(where: { Self.isSame($0, slot) }) { return same }
        slots.append(slot)
        return slots.count - 1
    }

    /// One part of a composite over `base`.
    ///
    /// The kind is that of the part's definition, unless the element is of another: R4 names the definitions of
    /// `DocumentReference.relationship` in the wrong order.
    private func component(
        _ component: SearchParameterDefinition.Component, base: BoundPath
    ) throws(SearchError) -> IndexSlot.Component {
        let stated = SearchKind(definitions.searchParameters[component.definition].type)
        let parsed = try SearchPathParser.parse(component.expression)
        for kind in [stated, .token, .reference] {
            let binder = PathBinder(definitions: definitions, kind: kind)
            var paths: [BoundPath] = []
            var startsAtResource = false
            do throws(SearchError) {
                for path in parsed {
                    startsAtResource = path.root == .resource
                    paths += try binder.bind(path, context: startsAtResource ? type : base.leaf).map(\.path)
                }
            } catch {
                continue
            }
            return IndexSlot.Component(
                kind: kind, paths: paths, startsAtResource: startsAtResource,
                isCaseSensitive: paths.allSatisfy { ValueReader.isCaseSensitive(typeName: $0.leafName) })
        }
        throw SearchError(.unsupportedExpression, "A component's element has no type that can be searched.")
    }

    private static func isSame(_ left: IndexSlot, _ right: IndexSlot) -> Bool {
        left.kind == .composite && left.paths == right.paths && left.components.count == right.components.count
            && zip(left.components, right.components).allSatisfy { $0.kind == $1.kind && $0.paths == $1.paths }
    }
}

/// Parameters without an expression that search words.
private let fullTextKinds: [String: SearchKind] = ["_content": .content, "_text": .narrative]

extension SearchKind {
    init(_ kind: SearchParameterDefinition.Kind) {
        self =
            switch kind {
            case .number: .number
            case .date: .date
            case .string: .string
            case .token: .token
            case .reference: .reference
            case .composite: .composite
            case .quantity: .quantity
            case .uri: .uri
            case .special: .special
            }
    }
}
