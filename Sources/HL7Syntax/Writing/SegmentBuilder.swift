/// A segment being written: its name and encoded fields.
package struct SegmentBuilder: Sendable, Hashable {
    package let name: String
    /// Encoded fields, the first is field 1 (in a header: field 2, because field 1 is the separator itself).
    private(set) var fields: [[UInt8]]
    let delimiters: Delimiters
    /// What a broken sender put between the name and the first separator; kept only to write it again.
    private var remainder: [UInt8] = []
    /// The line end written after this segment.
    var terminator: [UInt8] = [0x0D]

    private var isHeader: Bool { name == "MSH" || name == "BHS" || name == "FHS" }

    /// An empty segment; a header gets its encoding characters at once.
    package init(_ name: String, delimiters: Delimiters = .standard) {
        self.name = name
        self.delimiters = delimiters
        fields = []
        if isHeader { fields = [delimiters.encodingCharacters] }
    }

    /// The segment as it was sent.
    init(_ segment: Segment, terminator: [UInt8]) {
        name = segment.name
        delimiters = segment.message.delimiters
        self.terminator = terminator
        remainder = Array(segment.nameRemainder)
        fields = []
        let isHeader = name == "MSH" || name == "BHS" || name == "FHS"
        let count = segment.fieldCount
        for number in stride(from: isHeader ? 2 : 1, through: count, by: 1) {
            fields.append(Array(segment[field: number].raw))
        }
    }

    /// Sets field `number` (1-based as in the standard); empty fields appear before it as needed.
    package mutating func set(_ number: Int, _ content: FieldContent) {
        precondition(number >= (isHeader ? 3 : 1), "the separators of a header are fixed")
        let slot = number - (isHeader ? 2 : 1)
        while fields.count <= slot { fields.append([]) }
        fields[slot] = content.encode(delimiters)
    }

    /// The same, for building in one expression.
    package func setting(_ number: Int, _ content: FieldContent) -> SegmentBuilder {
        var copy = self
        copy.set(number, content)
        return copy
    }

    func encode(into output: inout [UInt8]) {
        output += name.utf8
        output += remainder
        for field in fields {
            output.append(delimiters.field)
            output += field
        }
        output += terminator
    }
}
