/// What the standard says of one field of a segment: name, data type and shape, not meaning.
package struct FieldDefinition: Sendable, Hashable {
    /// 1-based number in its segment.
    package let number: Int
    /// The name in `version` or, where it was never renamed, in all of them.
    package let name: String
    /// Data type, such as `CX`; `varies` where another field tells (OBX-5); `nil` once withdrawn.
    package let dataType: String?
    /// The version from which on this is so; earlier messages have no such field.
    package let since: HL7Version
    /// Required, and may repeat, in 2.5.1 (in fields newer or older than that: where they were defined last).
    package let isRequired: Bool
    package let isRepeating: Bool
}

/// What the standard says of one segment.
package struct SegmentDefinition: Sendable, Hashable {
    /// Three-letter name.
    package let name: String
    /// What the name stands for.
    package let title: String
    /// The version that brought it.
    package let since: HL7Version
    /// Every definition of every field; several of one number where type or name changed, oldest first.
    private let fields: [[FieldDefinition]]

    /// Number of the last field that any version defines.
    package var fieldCount: Int { fields.count }

    /// Field `number` as `version` defines it; the first definition for older messages, which are read by position
    /// all the same (F-33). `nil` past the last field.
    package func field(_ number: Int, in version: HL7Version) -> FieldDefinition? {
        guard fields.indices.contains(number - 1) else { return nil }
        let variants = fields[number - 1]
        return variants.last { $0.since <= version } ?? variants.first
    }

    /// Reads a row of `SegmentTable`.
    init?(row: Substring) {
        let parts = row.split(separator: "|", omittingEmptySubsequences: false)
        let head = parts[0].split(separator: " ", maxSplits: 2)
        guard head.count == 3, let since = HL7Version(head[1]) else { return nil }
        name = String(head[0])
        title = String(head[2])
        self.since = since
        fields = parts.dropFirst().enumerated().map { Self.variants($1, number: $0 + 1, since: since) }
    }

    private static func variants(_ text: Substring, number: Int, since: HL7Version) -> [FieldDefinition] {
        var body = text
        let isRepeating = body.hasSuffix("*")
        if isRepeating { body.removeLast() }
        let isRequired = body.hasSuffix("!")
        if isRequired { body.removeLast() }
        var name = ""
        return body.split(separator: ">").compactMap { variant in
            guard let colon = variant.lastIndex(of: ":") else { return nil }
            var label = variant[..<colon]
            var version = since
            if label.first?.isNumber == true, let blank = label.firstIndex(of: " ") {
                version = HL7Version(label[..<blank]) ?? since
                label = label[label.index(after: blank)...]
            }
            if !label.isEmpty { name = String(label) }
            let type = String(variant[variant.index(after: colon)...])
            return FieldDefinition(
                number: number, name: name, dataType: type == "-" ? nil : type, since: version,
                isRequired: isRequired, isRepeating: isRepeating)
        }
    }
}
