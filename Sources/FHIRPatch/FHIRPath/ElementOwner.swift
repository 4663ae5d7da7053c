import FHIRDefinitions

/// An object whose members are elements: the resource, a complex value, or what stands beside a primitive.
struct ElementOwner: Sendable {
    var steps: [EditableJSON.Step]
    var object: EditableJSON
    var type: TypeID

    /// Nil for a primitive without id and extensions.
    init?(_ target: PathTarget, in resource: EditableJSON, of type: TypeID, _ definitions: FHIRDefinitions) {
        switch target {
        case .resource:
            steps = []
            object = resource
            self.type = type
        case .element(let place):
            guard let children = place.children else { return nil }
            steps = children.steps
            object = children.object
            let isResource = definitions[place.element.type].kind == .resource
            let name = isResource ? children.object.member("resourceType")?.string : nil
            self.type = name.flatMap { definitions.resourceType(named: $0) } ?? place.element.type
        }
    }

    /// The element of this name as its type defines it; throws `.pathNotFound` if the type has none.
    func definition(_ name: String, _ definitions: FHIRDefinitions) throws(PatchError) -> ElementID {
        let range = definitions[type].elements
        guard let index = range.first(where: { definitions.elements[$0].name == name }) else {
            throw PatchError(.pathNotFound, "\(definitions.name(of: type)) has no element \(name)")
        }
        return ElementID(rawValue: UInt16(index))
    }
}

extension EditableJSON {
    /// The elements of a name, each with what stands beside it.
    func patchElements(_ name: String, _ type: TypeID) -> [PatchElement] {
        let value = member(name)
        let companion = member("_" + name)
        guard value?.isArray ?? companion?.isArray ?? false else {
            guard value != nil || companion != nil else { return [] }
            return [PatchElement(value: value, companion: companion, type: type)]
        }
        let values = value?.elements ?? []
        let companions = companion?.elements ?? []
        return (0..<max(values.count, companions.count)).map { position in
            let value = position < values.count ? values[position] : .null
            let companion = position < companions.count ? companions[position] : .null
            return PatchElement(
                value: value.isNull ? nil : value, companion: companion.isNull ? nil : companion, type: type)
        }
    }

    /// Writes the elements of a name; none take the name away.
    mutating func setPatchElements(_ name: String, _ elements: [PatchElement], isArray: Bool) {
        set(name, aligned: elements.map(\.value), isArray: isArray)
        set("_" + name, aligned: elements.map(\.companion), isArray: isArray)
    }

    /// R4 json.html#primitive: the arrays of values and of what stands beside them have `null` where there is nothing.
    private mutating func set(_ name: String, aligned values: [EditableJSON?], isArray: Bool) {
        if values.allSatisfy({ $0 == nil }) {
            remove(name)
        } else if isArray {
            set(name, .array(values.map { $0 ?? .null }))
        } else if let value = values[0] {
            set(name, value)
        }
    }
}
