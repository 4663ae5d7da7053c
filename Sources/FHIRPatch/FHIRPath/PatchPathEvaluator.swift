import FHIRDefinitions
import JSONTape

/// Follows the paths of patches through a resource's JSON.
struct PatchPathEvaluator: ElementFinding {
    let definitions: FHIRDefinitions

    func targets(_ path: String, in resource: EditableJSON, of type: TypeID) throws(PatchError) -> [PathTarget] {
        try evaluate(relative(try PatchPath(path).steps, to: type)[...], in: resource, of: type)
    }

    func owners(
        ofList path: String, in resource: EditableJSON, of type: TypeID
    ) throws(PatchError) -> (owners: [PathTarget], name: String) {
        let steps = relative(try PatchPath(path).steps, to: type)
        guard case .name(let name)? = steps.last else {
            throw PatchError(.pathNotSupported, "the path of a list ends in the list's name")
        }
        return (try evaluate(steps.dropLast(), in: resource, of: type), name)
    }

    /// The steps without the type's name, with which a path may begin.
    private func relative(_ steps: [PatchPath.Step], to type: TypeID) -> [PatchPath.Step] {
        guard case .name(let name)? = steps.first else { return steps }
        let isType = name == definitions.name(of: type) || name == "Resource" || name == "DomainResource"
        return isType ? Array(steps.dropFirst()) : steps
    }

    // MARK: - Steps

    private func evaluate(
        _ steps: ArraySlice<PatchPath.Step>, in resource: EditableJSON, of type: TypeID
    ) throws(PatchError) -> [PathTarget] {
        var targets: [PathTarget] = [.resource]
        for step in steps { targets = try follow(step, from: targets, in: resource, of: type) }
        return targets
    }

    private func follow(
        _ step: PatchPath.Step, from targets: [PathTarget], in resource: EditableJSON, of type: TypeID
    ) throws(PatchError) -> [PathTarget] {
        switch step {
        case .name(let name):
            var found: [PathTarget] = []
            for target in targets { found += try children(name, of: target, in: resource, of: type) }
            return found
        case .index(let index): return targets.indices.contains(index) ? [targets[index]] : []
        case .first: return targets.first.map { [$0] } ?? []
        case .last: return targets.last.map { [$0] } ?? []
        case .ofType(let name):
            return targets.filter { target in
                guard case .element(let place) = target else { return name == definitions.name(of: type) }
                return definitions.name(of: actualType(place.element)) == name
            }
        case .extension(let url):
            let condition = PatchPath.Condition(path: [.name("url")], literal: .string(url))
            let all = try follow(.name("extension"), from: targets, in: resource, of: type)
            return try those(of: all, thatMeet: [condition], in: resource, of: type)
        case .whereAll(let conditions):
            return try those(of: targets, thatMeet: conditions, in: resource, of: type)
        }
    }

    private func those(
        of targets: [PathTarget], thatMeet conditions: [PatchPath.Condition], in resource: EditableJSON,
        of type: TypeID
    ) throws(PatchError) -> [PathTarget] {
        var found: [PathTarget] = []
        for target in targets {
            var meetsAll = true
            for condition in conditions where meetsAll {
                meetsAll = try meets(condition, target, in: resource, of: type)
            }
            if meetsAll { found.append(target) }
        }
        return found
    }

    /// A single value that equals the literal: FHIRPath 2.0 §6.1.1 gives false or nothing for all else.
    private func meets(
        _ condition: PatchPath.Condition, _ target: PathTarget, in resource: EditableJSON, of type: TypeID
    ) throws(PatchError) -> Bool {
        var found = [target]
        for step in condition.path { found = try follow(step, from: found, in: resource, of: type) }
        guard found.count == 1, case .element(let place) = found[0], let value = place.element.value?.scalar else {
            return false
        }
        switch condition.literal {
        case .string(let text): return value.string == text
        case .number(let text): return value.numberText.map { NumberValue($0) == NumberValue(text) } ?? false
        case .boolean(let flag): return value.bool == flag
        }
    }

    // MARK: - Children

    private func children(
        _ name: String, of target: PathTarget, in resource: EditableJSON, of type: TypeID
    ) throws(PatchError) -> [PathTarget] {
        guard let parent = ElementOwner(target, in: resource, of: type, definitions) else { return [] }
        let lists = try parent.lists(named: name, definitions)
        return lists.flatMap { list in
            let elements = parent.object.patchElements(list.name, definitions.type(of: list, in: parent.type))
            let isInArray = (parent.object.member(list.name) ?? parent.object.member("_" + list.name))?.isArray ?? false
            return elements.enumerated().map { position, element in
                PathTarget.element(
                    ElementPlace(list: list, position: position, element: element, isInArray: isInArray))
            }
        }
    }

    /// Of an element that holds any resource, the type of the one that is there.
    private func actualType(_ element: PatchElement) -> TypeID {
        element.value?.member("resourceType")?.string.flatMap { definitions.resourceType(named: $0) } ?? element.type
    }
}

extension FHIRDefinitions {
    /// The type of a list's elements; of a choice the one that the name tells.
    func type(of list: ElementList, in owner: TypeID) -> TypeID {
        property(named: list.name, of: owner)?.type ?? self[list.definition].types.first?.type ?? owner
    }
}
