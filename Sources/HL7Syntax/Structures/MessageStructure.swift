/// The segments of a message and how they nest: the abstract message syntax of HL7 v2.5.1 §2.12.
package struct MessageStructure: Sendable, Hashable {
    /// A segment, a group of them, or a place where one of several segments stands.
    package struct Element: Sendable, Hashable {
        package enum Content: Sendable, Hashable {
            case segment(String)
            case group(name: String, elements: [Element])
            case choice([String])
        }

        package let content: Content
        package let isRequired: Bool
        package let isRepeating: Bool
    }

    /// MSH-9.3, such as `ORU_R01`.
    package let name: String
    package let elements: [Element]
}

extension MessageStructure.Element {
    /// Whether `segment` may stand here itself.
    func accepts(_ segment: String) -> Bool {
        switch content {
        case .segment(let name): name == segment
        case .choice(let names): names.contains(segment)
        case .group: false
        }
    }

    /// Whether `segment` occurs here or anywhere below.
    func contains(_ segment: String) -> Bool {
        if case .group(_, let elements) = content { return elements.contains { $0.contains(segment) } }
        return accepts(segment)
    }

    /// Whether `segment` can come first here, with nothing required left out in front of it.
    func begins(with segment: String) -> Bool {
        guard case .group(_, let elements) = content else { return accepts(segment) }
        for element in elements {
            if element.begins(with: segment) { return true }
            if element.isRequired { return false }
        }
        return false
    }

    /// Whether `segment` stands here, or is the very first thing in this group.
    func opens(directlyWith segment: String) -> Bool {
        guard case .group(_, let elements) = content else { return accepts(segment) }
        return elements.first?.opens(directlyWith: segment) ?? false
    }

    /// Name for issues: of the segment, of the group, or of the choice's first segment.
    var label: String {
        switch content {
        case .segment(let name), .group(let name, _): name
        case .choice(let names): names.joined(separator: " or ")
        }
    }
}
