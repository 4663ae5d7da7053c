import FHIRDefinitions
import FHIRPath
import JSONTape

/// Tells where in a resource an element of its tape stands.
struct PlaceReader {
    /// The resource on a tape.
    let document: Document
    let root: Document.Index
    let rootType: TypeID
    /// The same resource as it is changed.
    let resource: EditableJSON
    let definitions: FHIRDefinitions

    /// Nil for what the definitions do not know.
    ///
    /// - Parameter node: of this document.
    func target(of node: Node) -> PathTarget? {
        guard let entry = node.value ?? node.companion, entry != root else { return .resource }
        var object = root
        var type = rootType
        var steps: [EditableJSON.Step] = []
        // Each turn goes down by one element.
        while let (member, value) = member(of: object, around: entry) {
            let key = document.string(member)
            guard let property = definitions.property(named: key, of: type) else { break }
            let list = ElementList(
                owner: steps, ownerType: type, name: property.isCompanion ? String(key.dropFirst()) : key,
                definition: property.element)
            steps.append(.member(key))
            object = value
            var position: Int?
            if document.kind(value) == .array, let found = element(of: value, around: entry) {
                position = found.position
                object = found.index
                steps.append(.index(found.position))
            }
            if object == entry { return .element(place(list, position: position, type: property.type)) }
            type = innerType(of: object, expected: property.type)
        }
        return nil
    }

    private func place(_ list: ElementList, position: Int?, type: TypeID) -> ElementPlace {
        let elements = resource.value(at: list.owner)?.patchElements(list.name, type) ?? []
        let index = position ?? 0
        let element =
            elements.indices.contains(index) ? elements[index] : PatchElement(value: nil, companion: nil, type: type)
        return ElementPlace(list: list, position: index, element: element, isInArray: position != nil)
    }

    /// Of a resource within the resource the type that it names.
    private func innerType(of object: Document.Index, expected: TypeID) -> TypeID {
        guard definitions[expected].kind == .resource, let name = document.member("resourceType", of: object) else {
            return expected
        }
        return document.withString(name) { definitions.resourceType(utf8: $0) } ?? expected
    }

    private func member(
        of object: Document.Index, around entry: Document.Index
    ) -> (key: Document.Index, value: Document.Index)? {
        guard document.kind(object) == .object else { return nil }
        let end = document.next(object)
        var key = document.firstChild(object)
        while key < end {
            let next = document.next(key + 1)
            if entry < next { return entry > key ? (key, key + 1) : nil }
            key = next
        }
        return nil
    }

    private func element(
        of array: Document.Index, around entry: Document.Index
    ) -> (position: Int, index: Document.Index)? {
        let end = document.next(array)
        var index = document.firstChild(array)
        var position = 0
        while index < end {
            let next = document.next(index)
            if entry < next { return entry >= index ? (position, index) : nil }
            index = next
            position += 1
        }
        return nil
    }
}
