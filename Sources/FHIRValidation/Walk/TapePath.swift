import FHIRDefinitions
import JSONTape

/// Finds out, from a place on the tape, how to get there: only faults pay for paths.
struct TapePath {
    let document: Document
    let root: Document.Index
    let rootType: TypeID
    let definitions: FHIRDefinitions

    /// FHIRPath from the resource at the root to the value at `target`: `Patient.name[0].given[1]`.
    ///
    /// A choice has the element's name, `Observation.value`; a primitive's companion that of the primitive. A name
    /// that the definitions lack is left out unless it is a plain word.
    func expression(to target: Document.Index) -> String {
        var text = definitions.name(of: rootType)
        var type: TypeID? = rootType
        var container = root
        while container < target {
            let end = document.next(container)
            var item = document.firstChild(container)
            let isObject = document.kind(container) == .object
            guard isObject || document.kind(container) == .array else { break }
            var position = 0
            while item < end {
                let value = isObject ? item + 1 : item
                let next = document.next(value)
                if target < next { break }
                item = next
                position += 1
            }
            guard item < end else { break }
            if isObject {
                let property = type.flatMap { definitions.property(named: document.string(item), of: $0) }
                type = property.map { $0.isCompanion ? definitions.type(named: "Element") ?? $0.type : $0.type }
                if let name = name(item, property) { text += "." + name }
                container = item + 1
            } else {
                text += "[\(position)]"
                container = item
            }
            if document.kind(container) == .object, let actual = resourceType(container) { type = actual }
        }
        return text
    }

    private func name(_ key: Document.Index, _ property: Property?) -> String? {
        if let property { return definitions[property.element].name }
        let name = document.string(key)
        return name.utf8.count <= 40 && name.utf8.allSatisfy(isWordByte) ? name : nil
    }

    private func isWordByte(_ byte: UInt8) -> Bool {
        let letter = byte | 0x20
        return (letter >= UInt8(ascii: "a") && letter <= UInt8(ascii: "z")) || PrimitiveText.digit(byte) != nil
            || byte == UInt8(ascii: "_")
    }

    private func resourceType(_ object: Document.Index) -> TypeID? {
        guard let member = document.member("resourceType", of: object) else { return nil }
        return document.withString(member) { definitions.resourceType(utf8: $0) }
    }
}
