/// One segment of a message: a view, cheap to make and to pass on.
package struct Segment: Sendable {
    package let message: RawMessage
    /// Position among all segments of the message, from 0.
    package let index: Int

    private var entry: RawMessage.SegmentEntry { message.entries[index] }

    /// The three-letter name.
    package var name: String { String(decoding: message.text[nameRange], as: UTF8.self) }

    /// Compares the name without making a `String`.
    package func isNamed(_ name: String) -> Bool { entry.name == RawMessage.nameCode(name) }

    /// Rank among the segments of the same name, 1-based.
    package var sequence: Int { Int(entry.sequence) }

    /// Number of the last field sent, empty ones included.
    package var fieldCount: Int { Int(entry.fieldCount) - (isHeader ? 0 : 1) }

    /// The segment as sent, without its line end.
    package var raw: ArraySlice<UInt8> { message.text[range] }

    package var location: HL7Location { HL7Location(segment: name, sequence: sequence) }

    /// Field `number`, 1-based; an empty field when it was not sent. In a header, 1 is the separator itself.
    package subscript(field number: Int) -> Field {
        Field(message: message, range: fieldRange(number), segment: index, number: number)
    }

    /// Component 1 of field `number`'s first repetition: what most fields come down to.
    package func text(_ number: Int) -> String { self[field: number][component: 1].string }

    var range: Range<Int> { Int(entry.start)..<Int(entry.end) }

    /// Bytes between the name and the first separator: none, unless a line break was put there.
    var nameRemainder: ArraySlice<UInt8> {
        let isBare = entry.fieldCount == 1
        let end = isBare ? range.upperBound : Int(message.fieldStarts[Int(entry.firstField) + 1]) - 1
        return message.text[nameRange.upperBound..<end]
    }

    private var nameRange: Range<Int> { Int(entry.start)..<(Int(entry.start) + 3) }

    /// Headers count their own separator as field 1, so their fields sit one place lower in the list of starts.
    private var isHeader: Bool { Self.isHeader(entry) }

    /// MSH, BHS or FHS.
    private static func isHeader(_ entry: RawMessage.SegmentEntry) -> Bool {
        entry.name == 0x4D_53_48 || entry.name == 0x42_48_53 || entry.name == 0x46_48_53
    }

    private func fieldRange(_ number: Int) -> Range<Int> {
        let entry = entry
        let end = Int(entry.end)
        var slot = number
        if Self.isHeader(entry) {
            if number == 1 {
                let start = Int(entry.start) + 3
                return start..<min(start + 1, end)
            }
            slot -= 1
        }
        guard slot >= 1, slot < Int(entry.fieldCount) else { return end..<end }
        let first = Int(entry.firstField)
        let start = Int(message.fieldStarts[first + slot])
        let isLast = slot + 1 == Int(entry.fieldCount)
        return start..<(isLast ? end : Int(message.fieldStarts[first + slot + 1]) - 1)
    }
}
