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
    /// What the object is.
    var ownerType: TypeID
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

/// The list that a path names, or some elements of one.
enum ListTarget: Sendable {
    /// All elements of a name, of which there may be none yet.
    case named(owner: PathTarget, name: String)
    /// Elements of one list, in their order; at least one.
    case selected([ElementPlace])
}
