/// What to put into a field: text that will be escaped, or bytes that are already encoded.
package enum FieldContent: Sendable, Hashable {
    case text(String)
    /// Components of one repetition; each is text.
    case components([String])
    /// Repetitions, each a list of components, each a list of subcomponents.
    case tree([[[String]]])
    /// Already in the message's encoding, copied as it is.
    case encoded([UInt8])

    /// The bytes of the field under these separators. Empty components at the end are not written.
    package func encode(_ delimiters: Delimiters) -> [UInt8] {
        switch self {
        case .encoded(let bytes):
            return bytes
        case .text(let text):
            return Escaping.escape(text, delimiters: delimiters)
        case .components(let components):
            return FieldContent.tree([components.map { [$0] }]).encode(delimiters)
        case .tree(let repetitions):
            let encoded = repetitions.map { components in
                let parts = components.map { subcomponents in
                    let texts = subcomponents.map { Escaping.escape($0, delimiters: delimiters) }
                    return Self.join(texts, separator: delimiters.subcomponent)
                }
                return Self.join(parts, separator: delimiters.component)
            }
            return Self.join(encoded, separator: delimiters.repetition, trimmed: false)
        }
    }

    private static func join(_ parts: [[UInt8]], separator: UInt8?, trimmed: Bool = true) -> [UInt8] {
        guard let separator else { return parts.first ?? [] }
        var parts = parts
        while trimmed, let last = parts.last, last.isEmpty { parts.removeLast() }
        return Array(parts.joined(separator: [separator]))
    }
}

extension FieldContent: ExpressibleByStringLiteral {
    package init(stringLiteral value: String) { self = .text(value) }
}
