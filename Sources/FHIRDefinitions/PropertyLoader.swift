/// Builds the table of JSON property names, (type, name) → element, type of the value, whether a companion exists.
///
///     bit   31          30…16   15…0
///           companion   type    element
enum PropertyLoader {
    /// Set where `_name` is allowed beside the name.
    static let companion: UInt32 = 1 << 31

    static func properties(of structures: StructureLoader) -> KeyTable {
        precondition(structures.elements.count <= Int(UInt16.max), "element numbers have 16 bits")
        let table = KeyTable(capacity: 12_000)
        let hasCompanion = structures.types.map { $0.kind == .primitive && $0.name != "xhtml" }
        let suffixes = structures.types.map { suffix($0.name) }
        var key: [UInt8] = []
        for (owner, type) in structures.types.enumerated() {
            for position in type.elements {
                let element = structures.elements[position]
                // The value of a primitive is the JSON value itself, no property.
                if type.kind == .primitive, element.name == "value" { continue }
                for candidate in element.types {
                    let number = Int(candidate.type.rawValue)
                    key.removeAll(keepingCapacity: true)
                    key.append(contentsOf: element.name.utf8)
                    if element.isChoice { key.append(contentsOf: suffixes[number]) }
                    var value = UInt32(position) | UInt32(number) << 16
                    if hasCompanion[number], !element.isAttribute { value |= companion }
                    key.withUnsafeBufferPointer { table.insert($0, owner: UInt16(owner), value) }
                }
            }
        }
        return table
    }

    /// A type's name as the end of a choice's property: `dateTime` → `DateTime`.
    private static func suffix(_ name: String) -> [UInt8] {
        var bytes = Array(name.utf8)
        if let first = bytes.first, first >= UInt8(ascii: "a"), first <= UInt8(ascii: "z") { bytes[0] = first - 32 }
        return bytes
    }
}
