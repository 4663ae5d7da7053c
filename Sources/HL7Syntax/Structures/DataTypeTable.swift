/// The composite data types with the names and types of their components, versions taken together: later ones only
/// add at the end, so a position has one meaning.
///
///     CX|ID Number:ST|Identifier Check Digit:ST|Check Digit Scheme:ID|Assigning Authority:HD|…
enum DataTypeTable {
    static let all: [String: [ComponentDefinition]] = {
        var types: [String: [ComponentDefinition]] = [:]
        for row in rows.split(separator: "\n") {
            let parts = row.split(separator: "|")
            types[String(parts[0])] = parts.dropFirst().map(ComponentDefinition.init(text:))
        }
        return types
    }()
}

/// What the standard says of one component of a data type.
package struct ComponentDefinition: Sendable, Hashable {
    package let name: String
    /// Its own data type; a composite one has subcomponents.
    package let dataType: String

    /// Reads `name:type`.
    init(text: Substring) {
        let colon = text.lastIndex(of: ":") ?? text.endIndex
        name = String(text[..<colon])
        dataType = String(text[colon...].dropFirst())
    }
}
