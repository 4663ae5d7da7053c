/// A message for people: its groups, segments, fields and components with their names, values unescaped.
package struct MessageExplanation: Sendable {
    /// A line of the tree with what lies below it.
    package struct Item: Sendable {
        package enum Kind: String, Sendable, Hashable {
            case group, segment, field, component, subcomponent
        }

        package let kind: Kind
        /// `PATIENT`, `PID`, `PID-3[2]`, `PID-3[2].4`.
        package let place: String
        /// Its name in the standard; `nil` for Z segments and what no version defines.
        package let name: String?
        package let dataType: String?
        /// The text, where nothing lies below; `""` stands for an explicit null.
        package let value: String?
        package let items: [Item]
    }

    /// The name of the structure, and the version by whose names fields are called.
    package let structure: String?
    package let version: HL7Version
    package let items: [Item]
    /// Everything tolerated about the message: its form first, then its structure.
    package let warnings: [String]

    /// Explains one message. Costs many times what parsing does.
    package init(_ message: RawMessage) {
        version = message.version.version
        structure = message.structureName
        let (root, issues) = message.grouped
        let version = version
        items = root.children.map { Self.item($0, version) }
        warnings =
            message.notes.map { note in note.location.map { "\($0): \(note.message)" } ?? note.message }
            + issues.map(\.message)
    }

    private static func item(_ child: MessageGroup.Child, _ version: HL7Version) -> Item {
        switch child {
        case .segment(let segment):
            item(segment, version)
        case .group(let group):
            Item(
                kind: .group, place: group.name, name: nil, dataType: nil, value: nil,
                items: group.children.map { item($0, version) })
        }
    }

    private static func item(_ segment: Segment, _ version: HL7Version) -> Item {
        let definition = HL7Dictionary.segment(segment.name)
        var fields: [Item] = []
        for number in stride(from: 1, through: segment.fieldCount, by: 1) where !segment[field: number].isEmpty {
            let field = definition?.field(number, in: version)
            // OBX-2 tells the type of OBX-5, and MFE-5 tells that of MFE-4.
            let type = field?.dataType == "varies" ? segment.text(segment.isNamed("MFE") ? 5 : 2) : field?.dataType
            fields += items(segment[field: number], field?.name, type)
        }
        return Item(
            kind: .segment, place: segment.location.description, name: definition?.title, dataType: nil, value: nil,
            items: fields)
    }

    /// One item for each repetition that was sent.
    private static func items(_ field: Field, _ name: String?, _ type: String?) -> [Item] {
        let place = field.location?.description ?? ""
        if field.range.lowerBound < field.message.literalEnd {
            return [Item(kind: .field, place: place, name: name, dataType: type, value: field.string, items: [])]
        }
        let repetitions = field.repetitions
        return repetitions.enumerated().compactMap { index, repetition in
            guard !repetition.isEmpty else { return nil }
            let own = repetitions.count > 1 ? "\(place)[\(index + 1)]" : place
            let components = type.map(HL7Dictionary.components) ?? []
            let parts = repetition.components.map { Part($0) }
            return item(.field, own, name, type, repetition, parts, components)
        }
    }

    /// A component with its subcomponents, or a subcomponent.
    private struct Part {
        let element: any MessageElement
        let parts: [Part]

        init(_ component: Component) {
            element = component
            parts = component.subcomponents.map { Part($0) }
        }

        init(_ subcomponent: Subcomponent) {
            element = subcomponent
            parts = []
        }
    }

    /// - Parameter parts: the element's parts, each with its own.
    private static func item(
        _ kind: Item.Kind, _ place: String, _ name: String?, _ type: String?, _ element: any MessageElement,
        _ parts: [Part], _ definitions: [ComponentDefinition]
    ) -> Item {
        guard parts.count > 1 || parts.first.map({ $0.parts.count > 1 }) == true else {
            return Item(kind: kind, place: place, name: name, dataType: type, value: element.string, items: [])
        }
        let below: Item.Kind = kind == .field ? .component : .subcomponent
        let items: [Item] = parts.enumerated().compactMap { index, part in
            guard !part.element.isEmpty else { return nil }
            let definition = definitions.indices.contains(index) ? definitions[index] : nil
            return item(
                below, "\(place).\(index + 1)", definition?.name, definition?.dataType, part.element, part.parts,
                definition.map { HL7Dictionary.components(of: $0.dataType) } ?? [])
        }
        return Item(kind: kind, place: place, name: name, dataType: type, value: nil, items: items)
    }
}

extension MessageExplanation {
    /// The tree as lines, two blanks to a level, values cut to `valueLength` characters.
    ///
    ///     PID  Patient Identification
    ///       PID-3 Patient Identifier List (CX)
    ///         PID-3.1 ID Number (ST): 4711
    package func lines(valueLength: Int = 120) -> [String] {
        var lines = ["\(structure ?? "unknown structure"), version \(version)"]
        func append(_ item: Item, _ depth: Int) {
            var line = String(repeating: "  ", count: depth) + item.place
            if let name = item.name { line += (item.kind == .segment ? "  " : " ") + name }
            if let type = item.dataType { line += " (\(type))" }
            if let value = item.value {
                let shown = value.prefix(valueLength).map { Self.printable($0) }.joined()
                line += ": " + shown
                if value.count > valueLength { line += "… (\(value.count) characters)" }
            }
            lines.append(line)
            for inner in item.items { append(inner, depth + 1) }
        }
        for item in items { append(item, 0) }
        lines += warnings.map { "warning: \($0)" }
        return lines
    }

    /// Line breaks and controls would break the tree, and might speak to the terminal.
    private static func printable(_ character: Character) -> String {
        if character.isNewline { return "⏎" }
        let isControl = character.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }
        return isControl ? "·" : String(character)
    }
}
