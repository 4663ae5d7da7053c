import FHIRDefinitions
import JSONTape

/// The five operations of FHIRPath Patch on a resource's JSON (R4 fhirpatch.html).
struct ElementEditor {
    let definitions: FHIRDefinitions
    /// Of the resource.
    let type: TypeID
    private let finder: any ElementFinding

    init(definitions: FHIRDefinitions, type: TypeID) {
        self.definitions = definitions
        self.type = type
        finder = PatchPathEvaluator(definitions: definitions)
    }

    /// Appends to a list, or puts in an element that is not there yet.
    func add(_ value: JSONNode, name: String, to path: String, in root: inout EditableJSON) throws(PatchError) {
        let target = try one(try finder.targets(path, in: root, of: type))
        let (list, element) = try newElement(value, name: name, in: target, &root)
        let definition = definitions[list.definition]
        let known = try elements(of: list, in: root)
        guard definition.isRepeating || (known.isEmpty && !isThere(name, in: list.owner, root, list.definition)) else {
            throw PatchError(.alreadyThere, "\(definition.path) is there already")
        }
        try write(known + [element], to: list, in: &root)
    }

    func insert(_ value: JSONNode, at index: Int, of path: String, in root: inout EditableJSON) throws(PatchError) {
        let (owners, name) = try finder.owners(ofList: path, in: root, of: type)
        let (list, element) = try newElement(value, name: name, in: try one(owners), &root)
        try requireRepeating(list)
        var known = try elements(of: list, in: root)
        guard index <= known.count else {
            throw PatchError(.pathNotFound, "the list has \(known.count) elements")
        }
        known.insert(element, at: index)
        try write(known, to: list, in: &root)
    }

    /// Does nothing if the path leads nowhere: what is to go is not there.
    func delete(_ path: String, in root: inout EditableJSON) throws(PatchError) {
        let targets = try finder.targets(path, in: root, of: type)
        if targets.isEmpty { return }
        let place = try element(try one(targets))
        var known = try elements(of: place.list, in: root)
        known.remove(at: place.position)
        try write(known, to: place.list, in: &root)
    }

    func replace(_ path: String, with value: JSONNode, in root: inout EditableJSON) throws(PatchError) {
        let place = try element(try one(try finder.targets(path, in: root, of: type)))
        let definition = definitions[place.list.definition]
        let element = try PatchElement(part: value, target: definition, definitions)
        var list = place.list
        list.name = element.name(for: definition, definitions)
        if list.name == place.list.name {
            var known = try elements(of: list, in: root)
            known[place.position] = element
            try write(known, to: list, in: &root)
        } else {
            // Another type of a choice, which never repeats.
            try write([], to: place.list, in: &root)
            try write([element], to: list, in: &root)
        }
    }

    func move(_ path: String, from: Int, to: Int, in root: inout EditableJSON) throws(PatchError) {
        let (owners, name) = try finder.owners(ofList: path, in: root, of: type)
        guard let owner = ElementOwner(try one(owners), in: root, of: type, definitions) else {
            throw EditableJSON.notFound
        }
        let definition = try owner.definition(name, definitions)
        let list = ElementList(owner: owner.steps, name: definitions[definition].name, definition: definition)
        try requireRepeating(list)
        var known = try elements(of: list, in: root)
        guard known.indices.contains(from), known.indices.contains(to) else {
            throw PatchError(.pathNotFound, "the list has \(known.count) elements")
        }
        known.insert(known.remove(at: from), at: to)
        try write(known, to: list, in: &root)
    }

    // MARK: - Targets

    /// R4 fhirpatch.html: a path leads to one element.
    private func one(_ targets: [PathTarget]) throws(PatchError) -> PathTarget {
        guard let first = targets.first else { throw EditableJSON.notFound }
        guard targets.count == 1 else {
            throw PatchError(.pathAmbiguous, "the path leads to \(targets.count) elements, where one is meant")
        }
        return first
    }

    private func element(_ target: PathTarget) throws(PatchError) -> ElementPlace {
        guard case .element(let place) = target else {
            throw PatchError(.protectedElement, "a patch cannot take away or replace the resource itself")
        }
        return place
    }

    private func requireRepeating(_ list: ElementList) throws(PatchError) {
        let definition = definitions[list.definition]
        guard definition.isRepeating else { throw PatchError(.wrongType, "\(definition.path) is no list") }
    }

    /// The value as an element of `name` in `target`, with the list it will be in.
    private func newElement(
        _ value: JSONNode, name: String, in target: PathTarget, _ root: inout EditableJSON
    ) throws(PatchError) -> (ElementList, PatchElement) {
        if case .element(let place) = target, place.children == nil { try addCompanion(to: place, &root) }
        let owner = try self.owner(target, root)
        let definition = try owner.definition(name, definitions)
        let element = try PatchElement(part: value, target: definitions[definition], definitions)
        let jsonName = element.name(for: definitions[definition], definitions)
        return (ElementList(owner: owner.steps, name: jsonName, definition: definition), element)
    }

    private func owner(_ target: PathTarget, _ root: EditableJSON) throws(PatchError) -> ElementOwner {
        guard case .element(var place) = target else {
            guard let owner = ElementOwner(target, in: root, of: type, definitions) else { throw EditableJSON.notFound }
            return owner
        }
        if place.children == nil { place.element.companion = .object([]) }
        guard let owner = ElementOwner(.element(place), in: root, of: type, definitions) else {
            throw EditableJSON.notFound
        }
        return owner
    }

    /// Gives a primitive the object that extensions go into.
    private func addCompanion(to place: ElementPlace, _ root: inout EditableJSON) throws(PatchError) {
        var known = try elements(of: place.list, in: root)
        known[place.position].companion = .object([])
        try write(known, to: place.list, in: &root)
    }

    // MARK: - Elements

    private func elements(of list: ElementList, in root: EditableJSON) throws(PatchError) -> [PatchElement] {
        guard let owner = root.value(at: list.owner) else { throw EditableJSON.notFound }
        return owner.patchElements(list.name, type)
    }

    /// Whether an element that can be there once is there, under whatever type of a choice.
    private func isThere(
        _ name: String, in owner: [EditableJSON.Step], _ root: EditableJSON, _ definition: ElementID
    ) -> Bool {
        let element = definitions[definition]
        guard element.isChoice, let object = root.value(at: owner) else { return false }
        return object.members.contains { member in
            definitions.property(named: member.name, of: element.owner)?.element == definition
        }
    }

    private func write(
        _ elements: [PatchElement], to list: ElementList, in root: inout EditableJSON
    ) throws(PatchError) {
        let isArray = definitions[list.definition].isRepeating
        try root.change(at: list.owner[...]) { owner throws(PatchError) in
            owner.setPatchElements(list.name, elements, isArray: isArray)
        }
    }
}
