import FHIRDefinitions
import JSONTape

/// Walks the properties of one object and finds out, by the R4 tables, what they mean.
struct ObjectCursor {
    /// Gathered from the `_name` properties and from nulls in arrays.
    private(set) var companions = Companions()
    private let definition: ModelDefinition
    private let document: Document
    private var child: Document.Index
    private let end: Document.Index
    private var hasResourceType = false

    init(_ node: JSONNode, _ definition: ModelDefinition) throws(FHIRModelError) {
        self.definition = definition
        document = node.document
        guard document.kind(node.index) == .object else {
            throw FHIRModelError(.wrongKind).inside(definition.name, "")
        }
        child = document.firstChild(node.index)
        end = document.next(node.index)
    }

    /// The next property with a value of its own; companions are kept, `resourceType` is checked.
    mutating func next() throws(FHIRModelError) -> PropertyReader? {
        while child < end {
            let key = child
            let value = key + 1
            child = document.next(value)
            let property = document.withString(key) { FHIRDefinitions.r4.property($0, of: definition.type) }
            if let property, !property.isCompanion {
                return PropertyReader(
                    node: JSONNode(document, value), key: key, property: property,
                    element: Int(property.element.rawValue) - definition.firstElement)
            }
            if property != nil {
                try readCompanion(key, value)
            } else {
                try readOther(key, value)
            }
        }
        if definition.isResource, !hasResourceType {
            throw FHIRModelError(.wrongResourceType).inside(definition.name, "")
        }
        return nil
    }

    /// Keeps what a reader found beside the values.
    mutating func finish(_ reader: PropertyReader) {
        guard !reader.nulls.isEmpty else { return }
        let name = document.string(reader.key)
        var entry = companions[entry: name] ?? Companions.Entry(isRepeating: true)
        entry.nulls = reader.nulls
        companions[entry: name] = entry
    }

    /// An error below the property that was read last, with the way there.
    func located(_ error: FHIRModelError, _ property: Property) -> FHIRModelError {
        error.inside(definition.name, FHIRDefinitions.r4[property.element].name)
    }

    private mutating func readCompanion(_ key: Document.Index, _ value: Document.Index) throws(FHIRModelError) {
        let name = String(document.string(key).dropFirst())
        do throws(FHIRModelError) {
            try companions.read(name, JSONNode(document, value))
        } catch {
            throw error.inside(definition.name, name)
        }
    }

    private mutating func readOther(_ key: Document.Index, _ value: Document.Index) throws(FHIRModelError) {
        guard definition.isResource, document.isString(key, equalTo: "resourceType") else {
            throw FHIRModelError(.unknownProperty).inside(definition.name, document.string(key))
        }
        guard document.string(value) == definition.name else {
            throw FHIRModelError(.wrongResourceType).inside(definition.name, "")
        }
        hasResourceType = true
    }
}
