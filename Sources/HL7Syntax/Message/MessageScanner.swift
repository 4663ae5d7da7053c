/// The one pass over a message's text that finds segments and fields.
struct MessageScanner {
    private(set) var entries: [RawMessage.SegmentEntry] = []
    private(set) var fieldStarts: [UInt32] = []
    private(set) var delimiters: Delimiters = .standard
    private(set) var literalEnd = 0
    private(set) var strayLineBreakCount = 0

    static func scan(
        _ text: [UInt8], header: String, limits: HL7Limits
    ) throws(HL7SyntaxError) -> MessageScanner {
        guard let start = text.firstIndex(where: { !$0.isBlankOrBreak }) else {
            throw HL7SyntaxError(.empty, message: "no text")
        }
        let end = endOfContent(text)
        var scanner = MessageScanner()
        try scanner.readHeader(text, start: start, end: end, header: header)
        let fault = text.withUnsafeBufferPointer { bytes in
            scanner.readSegments(UnsafeBufferPointer(rebasing: bytes[..<end]), from: start, limits: limits)
        }
        if let fault { throw fault }
        scanner.numberSegments(text)
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
        guard text[start..<end].starts(with: header.utf8), end - start > 3 else {
            throw HL7SyntaxError(.headerMissing, message: "the text does not begin with \(header)")
        }
        let separator = text[start + 3]
        let marksEnd = text[(start + 4)..<end].firstIndex { $0 == separator || $0.isLineBreak } ?? end
        let marks = text[(start + 4)..<marksEnd]
        delimiters = try Delimiters(field: separator, encodingCharacters: marks)
        literalEnd = marksEnd
    }

    /// Returns the fault instead of throwing it, because typed errors do not pass through the buffer's closure.
    private mutating func readSegments(
        _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, limits: HL7Limits
    ) -> HL7SyntaxError? {
        let separator = delimiters.field
        entries.reserveCapacity(16)
        fieldStarts.reserveCapacity(256)
        var segmentStart = start
        var firstField = 0
        fieldStarts.append(UInt32(start))
        var position = start
        while position < bytes.count {
            let byte = bytes[position]
            if byte == separator {
                fieldStarts.append(UInt32(position + 1))
                if fieldStarts.count > limits.fieldCount {
                    return HL7SyntaxError(.tooManyFields, message: "more than \(limits.fieldCount) fields")
                }
            } else if byte.isLineBreak {
                var next = position
                while next < bytes.count, bytes[next].isLineBreak { next += 1 }
                let isReturn = bytes[position] == 0x0D
                if let begin = segmentBegin(bytes, at: next, afterReturn: isReturn) {
                    close(segmentStart, position, firstField)
                    guard entries.count < limits.segmentCount else {
                        return HL7SyntaxError(.tooManySegments, message: "more than \(limits.segmentCount) segments")
                    }
                    segmentStart = begin
                    firstField = fieldStarts.count
                    fieldStarts.append(UInt32(begin))
                    next = begin
                } else {
                    strayLineBreakCount += 1
                }
                position = next
                continue
            }
            position += 1
        }
        close(segmentStart, bytes.count, firstField)
        return nil
    }

    private mutating func close(_ start: Int, _ end: Int, _ firstField: Int) {
        entries.append(
            RawMessage.SegmentEntry(
                start: UInt32(start), end: UInt32(end), firstField: UInt32(firstField),
                fieldCount: UInt32(fieldStarts.count - firstField), sequence: 1))
    }

    /// Where a segment begins at or, past blanks, after `position`; `nil` when that line is text.
    ///
    /// A bare name is a segment without fields only after a carriage return: after a line feed it may well be a word.
    private func segmentBegin(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int, afterReturn: Bool) -> Int? {
        var start = position
        while start < bytes.count, bytes[start].isBlank { start += 1 }
        guard start + 3 <= bytes.count, bytes[start].isCapital, bytes[start + 1].isCapitalOrDigit,
            bytes[start + 2].isCapitalOrDigit
        else { return nil }
        if start + 3 == bytes.count || bytes[start + 3].isLineBreak { return afterReturn ? start : nil }
        return bytes[start + 3] == delimiters.field ? start : nil
    }

    private mutating func numberSegments(_ text: [UInt8]) {
        var counts: [UInt32: UInt32] = [:]
        for index in entries.indices {
            let start = Int(entries[index].start)
            let name = text[start..<(start + 3)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            counts[name, default: 0] += 1
            entries[index].sequence = counts[name, default: 1]
        }
    }
}

extension UInt8 {
    var isCapital: Bool { (0x41...0x5A).contains(self) }
    var isCapitalOrDigit: Bool { isCapital || (0x30...0x39).contains(self) }
}
