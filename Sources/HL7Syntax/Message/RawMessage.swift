/// One v2 message (ER7 encoding) as text and offsets; nothing is copied or unescaped until it is asked for.
///
/// Parsed in one pass into two flat arrays. Every offset points into `text`, which is UTF-8:
///
///     text      MSH|^~\&|A|B ⏎ PID|1||77^^^M
///     segments  0 ──────────┘  └ 1            start, end, index of the first entry in `fieldStarts`
///     fieldStarts  where each `|`-separated part begins, the segment's name first
///
/// The rule for line ends is tolerant (faults F-1 and F-2) and told in `SegmentWalk`.
package final class RawMessage: Sendable {
    /// The bytes as they came, for storing and for exact replay.
    package let received: [UInt8]
    /// The same message as UTF-8, without byte order mark.
    package let text: [UInt8]
    package let decoding: TextDecoding
    package let delimiters: Delimiters
    /// Line breaks inside fields that were kept as text (F-2); worth a warning.
    package let strayLineBreakCount: Int
    /// Lines between segments with nothing in them, which were passed over (F-3).
    package let blankLineCount: Int
    /// How segments end; `nil` when there is but one.
    package let lineEnd: LineEnd?

    let entries: [SegmentEntry]
    let fieldStarts: [UInt32]
    /// MSH-1 and MSH-2 end here; up to this offset separators are not separators.
    let literalEnd: Int

    /// Where a segment lies in `text`, and which of `fieldStarts` are its own.
    struct SegmentEntry: Sendable {
        var start: UInt32
        var end: UInt32
        var firstField: UInt32
        var fieldCount: UInt32
        /// Rank among the segments of the same name, 1-based.
        var sequence: UInt32
        /// The three letters of the name, the first one highest.
        var name: UInt32
    }

    /// Parses one message.
    /// - Parameters:
    ///   - bytes: with or without line ends in front and behind; one `MSH` first.
    ///   - fallback: the set to assume where MSH-18 does not tell and the bytes are not UTF-8.
    ///   - override: the set to read the bytes in whatever MSH-18 says, where a sender is known to state a wrong one.
    /// - Throws: `HL7SyntaxError`; see its codes.
    package convenience init(
        parsing bytes: [UInt8], limits: HL7Limits = HL7Limits(), fallback: Charset = .windows1252,
        override: Charset? = nil
    ) throws(HL7SyntaxError) {
        try self.init(parsing: bytes, header: "MSH", limits: limits, fallback: fallback, override: override)
    }

    /// As above, for envelopes: `header` is the segment wanted first (`FHS`, `BHS`).
    init(
        parsing bytes: [UInt8], header: String, limits: HL7Limits, fallback: Charset, override: Charset? = nil
    ) throws(HL7SyntaxError) {
        guard bytes.count <= limits.messageByteCount else {
            throw HL7SyntaxError(.messageTooLarge, message: "more than \(limits.messageByteCount) bytes")
        }
        let (text, decoding) = TextDecoding.decode(bytes, fallback: fallback, override: override)
        let scan = try MessageScanner.scan(text, header: header, limits: limits)
        received = bytes
        self.text = text
        self.decoding = decoding
        delimiters = scan.delimiters
        entries = scan.entries
        fieldStarts = scan.fieldStarts
        literalEnd = scan.literalEnd
        strayLineBreakCount = scan.strayLineBreakCount
        blankLineCount = scan.blankLineCount
        lineEnd = scan.lineEnd
    }
}

// MARK: - Access, 1-based as in the standard

extension RawMessage {
    package var segmentCount: Int { entries.count }

    /// All segments in the order sent, Z segments and unknown ones included.
    package var segments: [Segment] { entries.indices.map { Segment(message: self, index: $0) } }

    /// The segments of one name, in the order sent.
    package func segments(named name: String) -> [Segment] {
        let code = Self.nameCode(name)
        return entries.indices.filter { entries[$0].name == code }.map { Segment(message: self, index: $0) }
    }

    /// The first segment of that name.
    package subscript(_ name: String) -> Segment? {
        let code = Self.nameCode(name)
        return entries.firstIndex { $0.name == code }.map { Segment(message: self, index: $0) }
    }

    /// A field of the first segment of that name; an empty field when there is no such segment.
    package subscript(_ name: String, field number: Int) -> Field {
        self[name]?[field: number] ?? Field(message: self, range: text.count..<text.count, segment: nil, number: number)
    }

    /// The three letters of a segment's name in one number; 0 for what cannot be one.
    static func nameCode(_ name: String) -> UInt32 {
        name.utf8.count == 3 ? name.utf8.reduce(0) { $0 << 8 | UInt32($1) } : 0
    }
}

// MARK: - Splitting

extension RawMessage {
    /// The `number`th part (1-based) of `range`; empty and at its end where there are fewer.
    func part(_ number: Int, of range: Range<Int>, separator: UInt8?) -> Range<Int> {
        guard let separator, range.lowerBound >= literalEnd else {
            return number == 1 ? range : range.upperBound..<range.upperBound
        }
        var start = range.lowerBound
        var left = number
        return text.withUnsafeBufferPointer { bytes in
            for position in range where bytes[position] == separator {
                left -= 1
                if left == 0 { return start..<position }
                start = position + 1
            }
            return left == 1 ? start..<range.upperBound : range.upperBound..<range.upperBound
        }
    }

    /// All parts of `range`; one empty part when it is empty.
    func parts(of range: Range<Int>, separator: UInt8?) -> [Range<Int>] {
        guard let separator, range.lowerBound >= literalEnd else { return [range] }
        var parts: [Range<Int>] = []
        var start = range.lowerBound
        text.withUnsafeBufferPointer { bytes in
            for position in range where bytes[position] == separator {
                parts.append(start..<position)
                start = position + 1
            }
        }
        parts.append(start..<range.upperBound)
        return parts
    }
}
