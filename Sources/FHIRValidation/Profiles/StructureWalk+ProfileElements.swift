import FHIRDefinitions
import FHIRPath
import FHIRProfiles
import FHIRTerminology
import JSONTape

/// Elements against what a profile says of them.
extension StructureWalk {
    mutating func check(_ node: Node, _ element: ProfileElement, _ table: ProfileTable) {
        guard !element.isIdle, !report.hasTrialFailed, takeProfileStep() else { return }
        guard progress.depth < Self.maximumProfileDepth else {
            report.addAlways(.tooCostly, at: root, "the profiles of this resource lead too deep")
            return
        }
        progress.depth += 1
        defer { progress.depth -= 1 }
        let outer = (scope.resource, scope.resourceType)
        if definitions[node.type].kind == .resource, let index = node.value {
            (scope.resource, scope.resourceType) = (index, node.type)
        }
        defer { (scope.resource, scope.resourceType) = outer }
        checkValue(node, element, table)
        if element.narrowsTypes { checkTypes(node, element, table) }
        let children = table.children(of: element)
        guard children.contains(where: { !$0.isIdle }) else { return }
        var found: [String: [Node]] = [:]
        for (name, child) in evaluation.namedChildren(of: node) { found[name, default: []].append(child) }
        for child in children where !child.isIdle {
            check(found[child.name] ?? [], child, table, in: node)
        }
    }

    /// The place of an element for reports.
    func place(of node: Node) -> Document.Index { node.value ?? node.companion ?? root }

    /// All values of an element: how many, and each of them.
    private mutating func check(
        _ values: [Node], _ element: ProfileElement, _ table: ProfileTable, in parent: Node
    ) {
        checkCount(values, element, table, in: parent)
        for value in values { check(value, element, table) }
        if !element.slices.isEmpty { checkSlices(values, element, table, in: parent) }
    }

    mutating func checkCount(
        _ values: [Node], _ element: ProfileElement, _ table: ProfileTable, in parent: Node
    ) {
        if values.count < element.demandedMin {
            report.add(
                .error, .required, at: place(of: parent), member: element.name,
                "the profile \(table.url) asks for \(element.title) at least \(element.min) times, "
                    + "there are \(values.count)")
        }
        if let max = element.allowedMax, values.count > max {
            report(
                .structure, at: place(of: values[max]),
                "the profile \(table.url) allows \(element.title) at most \(max) times")
        }
    }

    // MARK: - Values

    private mutating func checkValue(_ node: Node, _ element: ProfileElement, _ table: ProfileTable) {
        let value = node.value.map { JSONNode(document, $0) }
        let index = place(of: node)
        if let fixed = element.fixed, !(value.map { JSONPattern.equals($0, fixed) } ?? false) {
            report(.value, at: index, "the profile \(table.url) asks for another value")
        }
        if let pattern = element.pattern, !(value.map { JSONPattern.matches($0, pattern) } ?? false) {
            report(.value, at: index, "the profile \(table.url) asks for a value with other content")
        }
        if let value {
            if let limit = element.maxLength, let text = value.string, text.unicodeScalars.count > limit {
                report(.tooLong, at: index, "the profile \(table.url) allows \(limit) characters")
            }
            if let least = element.least, isLess(value, least) == true {
                report(.value, at: index, "the value is less than the profile \(table.url) allows")
            }
            if let greatest = element.greatest, isLess(greatest, value) == true {
                report(.value, at: index, "the value is more than the profile \(table.url) allows")
            }
        }
        if let binding = element.binding { checkBinding(binding, node, table) }
        for constraint in element.constraints { check(constraint, node, table) }
    }

    /// Compares what `minValue[x]` may be: numbers, quantities of units that convert, dates and times of one precision.
    func isLess(_ left: JSONNode, _ right: JSONNode) -> Bool? {
        if left.isObject, right.isObject {
            guard let system = left["system"]?.string, system == right["system"]?.string,
                let unit = left["code"]?.string, let other = right["code"]?.string,
                let first = left["value"]?.numberText, let second = right["value"]
            else { return nil }
            if unit == other { return left["value"].flatMap { isLess($0, second) } }
            guard system == CodeGrammar.unit.system,
                let converted = CodeGrammar.convert(first, from: unit, to: other).flatMap({ Double($0) }),
                let limit = second.numberText.flatMap({ Double($0) })
            else { return nil }
            return converted < limit
        }
        if let left = left.numberText.flatMap({ Double($0) }), let right = right.numberText.flatMap({ Double($0) }) {
            return left < right
        }
        guard let left = left.string, let right = right.string else { return nil }
        let length = min(left.utf8.count, right.utf8.count)
        let (first, second) = (left.prefix(length), right.prefix(length))
        return first == second ? nil : first < second
    }

    private mutating func check(_ constraint: ProfileConstraint, _ node: Node, _ table: ProfileTable) {
        guard constraint.isError || options.includesWarnings, stepCount <= ResourceValidator.maximumStepCount else {
            return
        }
        let index = place(of: node)
        guard let expression = constraint.expression else {
            report.add(
                .warning, .processing, at: index,
                "the rule of the profile \(table.url) is no expression: \(constraint.fault ?? "")",
                rule: constraint.key)
            return
        }
        let evaluation = self.evaluation
        do {
            let resource = Node(type: scope.resourceType, value: scope.resource)
            if try evaluation.holds(expression, at: node, in: resource) != true {
                report.add(
                    constraint.isError ? .error : .warning, .invariant, at: index, constraint.human,
                    rule: constraint.key)
            }
        } catch {
            report.add(
                error.code == .limit ? .error : .warning, error.code == .limit ? .tooCostly : .processing, at: index,
                "the rule of the profile \(table.url) could not be evaluated: \(error.message)",
                rule: constraint.key)
        }
        stepCount += evaluation.stepCount
        if stepCount > ResourceValidator.maximumStepCount {
            report.addAlways(.tooCostly, at: root, "checking the rules of this resource takes too long")
        }
    }

    // MARK: - Types

    private mutating func checkTypes(_ node: Node, _ element: ProfileElement, _ table: ProfileTable) {
        let index = place(of: node)
        let fitting = element.types.filter { isOf(node, $0.code) }
        guard !fitting.isEmpty else {
            let codes = element.types.map(\.code)
            // The types of `id` and `url` are those of FHIRPath.
            if codes.contains(where: { $0.contains("/") || $0 == "BackboneElement" || $0 == "Element" }) { return }
            report(
                .structure, at: index,
                "the profile \(table.url) allows \(codes.joined(separator: ", ")) for \(element.title)")
            return
        }
        if fitting.allSatisfy({ !$0.profiles.isEmpty }) {
            check(node, oneOf: fitting.flatMap(\.profiles), table)
        }
        if node.type == rules.known.reference || node.type == rules.known.canonical {
            checkTargets(node, fitting, table)
        }
    }

    /// Whether a value is of the type with this code.
    func isOf(_ node: Node, _ code: String) -> Bool {
        guard let type = definitions.type(named: code) else { return false }
        return definitions.isKind(node.type, of: type)
    }

    /// Checks a value that has to meet one of these profiles.
    private mutating func check(_ node: Node, oneOf profiles: [String], _ table: ProfileTable) {
        if profiles.count == 1 {
            switch self.table(profiles[0]) {
            case .success(let other)?: check(node, profile: other)
            case .failure, nil:
                progress.questions.ask(.definition(profiles[0]))
                warn(.notFound, at: place(of: node), "the profile \(profiles[0]) is not known here")
            }
            return
        }
        for profile in profiles where conforms(node, toProfile: profile) ?? true { return }
        report(
            .structure, at: place(of: node),
            "the profile \(table.url) asks for one of \(profiles.joined(separator: ", "))")
    }

    // MARK: - References

    private mutating func checkTargets(_ node: Node, _ types: [ProfileType], _ table: ProfileTable) {
        guard node.type == rules.known.reference, let object = node.value,
            let member = document.member("reference", of: object), document.isText(member)
        else { return }
        let text = document.string(member)
        let target = resolve(node)
        let modes = types.flatMap(\.aggregation)
        if types.allSatisfy({ !$0.aggregation.isEmpty }), !modes.contains(aggregation(text, target)) {
            report(
                .structure, at: member,
                "the profile \(table.url) asks for a reference that is \(modes.joined(separator: " or "))")
        }
        let profiles = types.flatMap(\.targetProfiles)
        guard !profiles.isEmpty, types.allSatisfy({ !$0.targetProfiles.isEmpty }) else { return }
        guard let type = target?.type ?? statedType(text) else { return }
        let fitting = profiles.filter { targetType($0).map { definitions.isKind(type, of: $0) } ?? true }
        if fitting.isEmpty {
            report(
                .value, at: member,
                "the profile \(table.url) allows references to \(profiles.joined(separator: ", ")) only")
        } else if let target {
            for profile in fitting where conforms(target, toProfile: profile) ?? true { return }
            report(
                .value, at: member,
                "what the reference points at does not meet \(fitting.joined(separator: ", "))")
        }
    }

    private func aggregation(_ text: String, _ target: Node?) -> String {
        if text.hasPrefix("#") { return "contained" }
        return target == nil ? "referenced" : "bundled"
    }

    /// The resource that a reference means, if it is within the outermost one.
    mutating func resolve(_ node: Node) -> Node? {
        guard let expression = try? engine.expression("resolve()") else { return nil }
        let resource = Node(type: scope.resourceType, value: scope.resource)
        let inner = try? evaluation.evaluate(expression, at: node, in: resource)
        if case .node(let target)? = inner?.first, !target.isFromElsewhere { return target }
        guard scope.bundle != nil || scope.root != root else { return nil }
        let outer = progress.resolution ?? Evaluation(document, root: scope.bundle ?? root, engine: engine)
        progress.resolution = outer
        if case .node(let target)? = (try? outer.evaluate(expression, at: node))?.first, !target.isFromElsewhere {
            return target
        }
        return nil
    }

    /// The type that a literal reference names.
    private func statedType(_ text: String) -> TypeID? {
        var text = text
        return text.withUTF8 { bytes -> TypeID? in
            switch LiteralReference(bytes) {
            case .relative(let name)?:
                definitions.resourceType(utf8: UnsafeBufferPointer(rebasing: bytes[name]))
            case .absolute?: RESTAddress(bytes, definitions)?.type
            case .fragment?, nil: nil
            }
        }
    }

    /// The type that a profile, or a type's own definition, is of.
    private func targetType(_ profile: String) -> TypeID? {
        let base = "http://hl7.org/fhir/StructureDefinition/"
        let url = CanonicalURL(profile).url
        if url.hasPrefix(base), let type = definitions.type(named: String(url.dropFirst(base.count))) { return type }
        guard case .success(let table)? = table(profile) else { return nil }
        return definitions.type(named: table.type)
    }
}
