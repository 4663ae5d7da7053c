/// The one pass over a message's text that finds segments and fields.
struct MessageScanner {
    private(set) var entries: [RawMessage.SegmentEntry] = []
    private(set) var fieldStarts: [UInt32] = []
    private(set) var delimiters: Delimiters = .standard
    private(set) var literalEnd = 0
    private(set) var strayLineBreakCount = 0
    private(set) var blankLineCount = 0
    private(set) var lineEnd: LineEnd?

    static func scan(
        _ text: [UInt8], header: String, limits: HL7Limits
    ) throws(HL7SyntaxError) -> MessageScanner {
        guard let start = text.firstIndex(where: { !$0.isBlankOrBreak }) else {
            throw HL7SyntaxError(.empty, message: "no text")
        }
        let end = endOfContent(text)
        var scanner = MessageScanner()
        try scanner.readHeader(text, start: start, end: end, header: header)
        // Room for a separator in every fourth byte; the few messages with more are read again with room for all.
        var excess = scanner.readSegments(text, start..<end, capacity: (end - start) / 4 + 16, limits)
        if excess == .fields, scanner.fieldStarts.count < limits.fieldCount {
            excess = scanner.readSegments(text, start..<end, capacity: limits.fieldCount, limits)
        }
        switch excess {
        case .none: break
        case .fields: throw HL7SyntaxError(.tooManyFields, message: "more than \(limits.fieldCount) fields")
        case .segments: throw HL7SyntaxError(.tooManySegments, message: "more than \(limits.segmentCount) segments")
        }
        scanner.numberSegments()
        return scanner
    }

    /// Trailing line ends and the blanks after them do not count; blanks before them belong to the last field.
    private static func endOfContent(_ text: [UInt8]) -> Int {
        var end = text.count
        while end > 0, text[end - 1].isBlankOrBreak || text[end - 1] == 0 { end -= 1 }
        return text[end...].firstIndex { $0.isLineBreak || $0 == 0 } ?? text.count
    }

    private mutating func readHeader(
        _ text: [UInt8], start: Int, end: Int, header: String
    ) throws(HL7SyntaxError) {
        guard end - start > 3, text[start..<end].starts(with: header.utf8) else {
            throw HL7SyntaxError(.headerMissing, message: "the text does not begin with \(header)")
        }
        let separator = text[start + 3]
        let marksEnd = text[(start + 4)..<end].firstIndex { $0 == separator || $0.isLineBreak } ?? end
        delimiters = try Delimiters(field: separator, encodingCharacters: text[(start + 4)..<marksEnd])
        literalEnd = marksEnd
    }

    private mutating func readSegments(
        _ text: [UInt8], _ range: Range<Int>, capacity: Int, _ limits: HL7Limits
    ) -> SegmentWalk.Excess {
        var walk = SegmentWalk(
            separator: delimiters.field, capacity: min(capacity, limits.fieldCount), segmentLimit: limits.segmentCount)
        fieldStarts = [UInt32](unsafeUninitializedCapacity: walk.capacity) { starts, count in
            text.withUnsafeBufferPointer { bytes in
                walk.run(UnsafeBufferPointer(rebasing: bytes[..<range.upperBound]), from: range.lowerBound, starts)
            }
            count = walk.fieldCount
        }
        entries = walk.entries
        (strayLineBreakCount, blankLineCount, lineEnd) = (walk.strayLineBreakCount, walk.blankLineCount, walk.lineEnd)
        return walk.excess
    }

    /// The rank of each segment among those of its name.
    private mutating func numberSegments() {
        guard entries.count > 64 else {
            for index in entries.indices {
                let name = entries[index].name
                var earlier = index - 1
                while earlier >= 0, entries[earlier].name != name { earlier -= 1 }
                if earlier >= 0 { entries[index].sequence = entries[earlier].sequence + 1 }
            }
            return
        }
        var counts: [UInt32: UInt32] = [:]
        for index in entries.indices {
            counts[entries[index].name, default: 0] += 1
            entries[index].sequence = counts[entries[index].name, default: 1]
        }
    }
}

/// How a message's segments end. The standard knows only the carriage return (fault F-1).
package enum LineEnd: String, Sendable, Hashable {
    case carriageReturn = "CR"
    case lineFeed = "LF"
    case both = "CRLF"
}
