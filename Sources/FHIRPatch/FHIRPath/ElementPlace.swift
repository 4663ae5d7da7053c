import FHIRDefinitions

/// Where an element stands in a resource as JSON.
///
/// A primitive may have its value in `name` and its id and extensions in `_name`; both belong to the element.
struct ElementPlace: Sendable {
    /// The list, or single element, that it is part of.
    var list: ElementList
    /// Position among the elements of that name.
    var position: Int
    var element: PatchElement
    /// Whether JSON writes the element inside an array.
    var isInArray: Bool

    /// The object with the element's own children; nil for a primitive that has neither id nor extensions.
    var children: (steps: [EditableJSON.Step], object: EditableJSON)? {
        let index: [EditableJSON.Step] = isInArray ? [.index(position)] : []
        if let value = element.value, value.isObject { return (list.owner + [.member(list.name)] + index, value) }
        guard let companion = element.companion, companion.isObject else { return nil }
        return (list.owner + [.member("_" + list.name)] + index, companion)
    }
}

/// All elements of one name within an object.
struct ElementList: Sendable, Hashable {
    /// Steps to the object.
    var owner: [EditableJSON.Step]
    /// As JSON has it, with the type of a choice: `valueQuantity`.
    var name: String
    /// What the name means.
    var definition: ElementID
}

/// One element: a JSON value, for primitives perhaps with an object for id and extensions beside it.
struct PatchElement: Sendable {
    var value: EditableJSON?
    var companion: EditableJSON?
    var type: TypeID
}

/// What a path leads to.
enum PathTarget: Sendable {
    case resource
    case element(ElementPlace)
}

/// Finds elements by FHIRPath: the part that a complete engine may replace.
protocol ElementFinding: Sendable {
    /// What the path leads to, in order. Throws `.pathNotSupported` for expressions outside of what the finder knows,
    /// `.pathNotFound` for names that the type has not.
    func targets(_ path: String, in resource: EditableJSON, of type: TypeID) throws(PatchError) -> [PathTarget]

    /// Splits `Patient.contact[0].telecom` into the path of the elements that have the list, and the list's name;
    /// throws `.pathNotSupported` where the path does not end in a name.
    func owners(
        ofList path: String, in resource: EditableJSON, of type: TypeID
    ) throws(PatchError) -> (owners: [PathTarget], name: String)
}
