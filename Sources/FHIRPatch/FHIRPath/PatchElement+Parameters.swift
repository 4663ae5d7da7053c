import FHIRDefinitions
import JSONTape

/// Values as the parts of a Parameters resource bring them (R4 fhirpatch.html).
extension PatchElement {
    /// Reads `value[x]`, `resource`, or nested parts, which stand for the members of a value without a type of its own.
    ///
    /// - Parameter target: the types that the element takes.
    /// - Throws: `.malformed` for a part without a value, `.wrongType` for one of a type that does not go there.
    init(part: JSONNode, target: ElementDefinition, _ definitions: FHIRDefinitions) throws(PatchError) {
        if let parts = part["part"] {
            guard target.types.count == 1, let type = target.types.first?.type,
                definitions[type].kind == .backbone || definitions[type].kind == .complex
            else { throw PatchError(.wrongType, "\(target.path) takes no value made of parts") }
            self.init(value: try Self.object(parts.items, of: type, definitions), companion: nil, type: type)
            return
        }
        if let resource = part["resource"] {
            guard let type = resource["resourceType"]?.string.flatMap({ definitions.resourceType(named: $0) }) else {
                throw PatchError(.malformed, "the value names no resource type")
            }
            self.init(value: EditableJSON(resource), companion: nil, type: type)
        } else {
            self = try Self.typedValue(part, definitions)
        }
        try checkType(target, definitions)
    }

    private static func typedValue(
        _ part: JSONNode, _ definitions: FHIRDefinitions
    ) throws(PatchError) -> PatchElement {
        guard let partType = definitions.type(named: "Parameters.parameter") else {
            preconditionFailure("R4 defines Parameters")
        }
        var found: PatchElement?
        for (name, value) in part.members {
            guard let property = definitions.property(named: name, of: partType),
                definitions[property.element].isChoice
            else { continue }
            if let found, found.type != property.type { throw PatchError(.malformed, "a part has one value") }
            var element = found ?? PatchElement(value: nil, companion: nil, type: property.type)
            if property.isCompanion {
                element.companion = EditableJSON(value)
            } else {
                element.value = EditableJSON(value)
            }
            found = element
        }
        guard let found else { throw PatchError(.malformed, "the value is missing") }
        return found
    }

    private static func object(
        _ parts: [JSONNode], of type: TypeID, _ definitions: FHIRDefinitions
    ) throws(PatchError) -> EditableJSON {
        let owner = ElementOwner(steps: [], object: .object([]), type: type)
        var object = EditableJSON.object([])
        for part in parts {
            guard let name = part["name"]?.string else { throw PatchError(.malformed, "a part has no name") }
            let definition = definitions[try owner.definition(name, definitions)]
            let element = try PatchElement(part: part, target: definition, definitions)
            let jsonName = element.name(for: definition, definitions)
            let known = object.patchElements(jsonName, element.type)
            guard known.isEmpty || definition.isRepeating else {
                throw PatchError(.wrongType, "\(definition.path) can be there once")
            }
            object.setPatchElements(jsonName, known + [element], isArray: definition.isRepeating)
        }
        return object
    }

    /// The property that JSON writes: a choice tells its type (R4 json.html#choice).
    func name(for definition: ElementDefinition, _ definitions: FHIRDefinitions) -> String {
        guard definition.isChoice else { return definition.name }
        let type = definitions.name(of: type)
        return definition.name + type.prefix(1).uppercased() + type.dropFirst()
    }

    /// R4 fhirpatch.html: the server refuses values of the wrong type. Primitives may stand for each other, as tools
    /// send strings for codes; whether the text fits is checked with the outcome.
    private func checkType(_ target: ElementDefinition, _ definitions: FHIRDefinitions) throws(PatchError) {
        let kind = definitions[type].kind
        let fits = target.types.contains { allowed in
            if allowed.type == type { return true }
            let isPrimitive = kind == .primitive && definitions[allowed.type].kind == .primitive
            if isPrimitive { return !target.isChoice }
            return definitions.isKind(type, of: allowed.type) || definitions.isKind(allowed.type, of: type)
        }
        guard fits else {
            throw PatchError(.wrongType, "\(target.path) takes no value of type \(definitions.name(of: type))")
        }
    }
}

extension ElementOwner {
    init(steps: [EditableJSON.Step], object: EditableJSON, type: TypeID) {
        self.steps = steps
        self.object = object
        self.type = type
    }
}
