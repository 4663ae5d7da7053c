import FHIRDefinitions
import JSONTape

/// The five operations of FHIRPath Patch on a resource's JSON (R4 fhirpatch.html).
struct ElementEditor {
    private let definitions: FHIRDefinitions
    /// Of the resource.
    private let type: TypeID
    private var finder: ElementFinder

    init(definitions: FHIRDefinitions, type: TypeID, finder: ElementFinder) {
        self.definitions = definitions
        self.type = type
        self.finder = finder
    }

    /// Appends to a list, or puts in an element that is not there yet.
    mutating func add(
        _ value: JSONNode, name: String, to path: String, in root: inout EditableJSON
    ) throws(PatchError) {
        let target = try one(try finder.targets(path, in: root))
        let (list, element) = try newElement(value, name: name, in: try owner(making: target, &root))
        let definition = definitions[list.definition]
        let known = try elements(of: list, in: root)
        guard definition.isRepeating || (known.isEmpty && !isThere(name, in: list.owner, root, list.definition)) else {
            throw PatchError(.alreadyThere, "\(definition.path) is there already")
        }
        try write(known + [element], to: list, in: &root)
    }

    /// - Parameter index: among the elements that the path selects; their number for behind the last.
    mutating func insert(
        _ value: JSONNode, at index: Int, of path: String, in root: inout EditableJSON
    ) throws(PatchError) {
        let selection = try self.selection(path, in: &root)
        let (list, element) = try newElement(value, name: selection.name, in: selection.owner)
        try requireRepeating(list.definition)
        var known = try elements(of: list, in: root)
        let positions = selection.positions ?? Array(known.indices)
        guard index <= positions.count else { throw Self.outOfRange(positions.count) }
        known.insert(element, at: index < positions.count ? positions[index] : (positions.last ?? -1) + 1)
        try write(known, to: list, in: &root)
    }

    /// Does nothing if the path leads nowhere: what is to go is not there.
    mutating func delete(_ path: String, in root: inout EditableJSON) throws(PatchError) {
        let targets = try finder.targets(path, in: root)
        if targets.isEmpty { return }
        let place = try element(try one(targets))
        var known = try elements(of: place.list, in: root)
        known.remove(at: place.position)
        try write(known, to: place.list, in: &root)
    }

    mutating func replace(
        _ path: String, with value: JSONNode, in root: inout EditableJSON
    ) throws(PatchError) {
        let place = try element(try one(try finder.targets(path, in: root)))
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

    /// - Parameters from, to: among the elements that the path selects.
    mutating func move(_ path: String, from: Int, to: Int, in root: inout EditableJSON) throws(PatchError) {
        let selection = try self.selection(path, in: &root)
        let owner = selection.owner
        let definition = try owner.definition(selection.name, definitions)
        try requireRepeating(definition)
        let list = ElementList(
            owner: owner.steps, ownerType: owner.type, name: selection.name, definition: definition)
        var known = try elements(of: list, in: root)
        let positions = selection.positions ?? Array(known.indices)
        guard positions.indices.contains(from), positions.indices.contains(to) else {
            throw Self.outOfRange(positions.count)
        }
        var moved = positions.map { known[$0] }
        moved.insert(moved.remove(at: from), at: to)
        for (position, element) in zip(positions, moved) { known[position] = element }
        try write(known, to: list, in: &root)
    }

    // MARK: - Targets

    /// A list with the object that has it.
    private struct Selection {
        var owner: ElementOwner
        var name: String
        /// Of the elements that the path selects; nil for all there are.
        var positions: [Int]?
    }

    private mutating func selection(_ path: String, in root: inout EditableJSON) throws(PatchError) -> Selection {
        switch try finder.list(path, in: root) {
        case .named(let target, let name):
            return Selection(owner: try owner(making: target, &root), name: name)
        case .selected(let places):
            let list = places[0].list
            guard let object = root.value(at: list.owner) else { throw EditableJSON.notFound }
            return Selection(
                owner: ElementOwner(steps: list.owner, object: object, type: list.ownerType), name: list.name,
                positions: places.map(\.position))
        }
    }

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

    private func requireRepeating(_ definition: ElementID) throws(PatchError) {
        let definition = definitions[definition]
        guard definition.isRepeating else { throw PatchError(.wrongType, "\(definition.path) is no list") }
    }

    private static func outOfRange(_ count: Int) -> PatchError {
        PatchError(.pathNotFound, "the list has \(count) elements")
    }

    /// The value as an element of `name` in `owner`, with the list it will be in.
    private func newElement(
        _ value: JSONNode, name: String, in owner: ElementOwner
    ) throws(PatchError) -> (ElementList, PatchElement) {
        let definition = try owner.definition(name, definitions)
        let element = try PatchElement(part: value, target: definitions[definition], definitions)
        let jsonName = element.name(for: definitions[definition], definitions)
        let list = ElementList(owner: owner.steps, ownerType: owner.type, name: jsonName, definition: definition)
        return (list, element)
    }

    /// The object with the children of what a path leads to; a primitive gets the one that extensions go into.
    private func owner(
        making target: PathTarget, _ root: inout EditableJSON
    ) throws(PatchError) -> ElementOwner {
        var target = target
        if case .element(var place) = target, place.children == nil {
            var known = try elements(of: place.list, in: root)
            known[place.position].companion = .object([])
            try write(known, to: place.list, in: &root)
            place.element.companion = .object([])
            target = .element(place)
        }
        guard let owner = ElementOwner(target, in: root, of: type, definitions) else { throw EditableJSON.notFound }
        return owner
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
