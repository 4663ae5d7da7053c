/// Writes a message, new or changed from one that was read. An unchanged one comes out byte for byte as it came in.
package struct MessageBuilder: Sendable {
    package let delimiters: Delimiters
    package var segments: [SegmentBuilder]
    /// The set the bytes are written in; characters outside it turn the whole message to UTF-8.
    package var charset: Charset
    private var prologue: [UInt8] = []
    private var byteOrderMark: [UInt8] = []
    /// What was read, so that it can go out as it came: shifting sets know several spellings of one text.
    private var original: RawMessage?

    /// An empty message; append an `MSH` first.
    package init(delimiters: Delimiters = .standard, charset: Charset = .utf8) {
        self.delimiters = delimiters
        self.charset = charset
        segments = []
    }

    /// Starts from a message that was read; line ends, blanks and byte order mark are kept.
    package init(_ message: RawMessage) {
        delimiters = message.delimiters
        charset = message.decoding.charset
        original = message
        byteOrderMark = message.decoding.byteOrderMark
        prologue = Array(message.text[..<(message.segments.first?.range.lowerBound ?? 0)])
        segments = []
        let views = message.segments
        for (index, segment) in views.enumerated() {
            let end = segment.range.upperBound
            let next = index + 1 < views.count ? views[index + 1].range.lowerBound : message.text.count
            segments.append(SegmentBuilder(segment, terminator: Array(message.text[end..<next])))
        }
    }

    /// Adds a segment at the end.
    package mutating func append(_ segment: SegmentBuilder) {
        segments.append(segment)
    }

    /// The first segment of that name, for changing fields in place.
    package subscript(_ name: String) -> SegmentBuilder? {
        get { segments.first { $0.name == name } }
        set {
            guard let newValue else { return segments.removeAll { $0.name == name } }
            if let index = segments.firstIndex(where: { $0.name == name }) {
                segments[index] = newValue
            } else {
                segments.append(newValue)
            }
        }
    }

    /// The message's bytes, ready for a frame.
    package func encode() -> [UInt8] {
        var text = prologue
        for segment in segments { segment.encode(into: &text) }
        if let original, text == original.text, charset == original.decoding.charset { return original.received }
        // A mark that the bytes did not keep to is left out once they change.
        let isWideMark = !byteOrderMark.isEmpty && byteOrderMark[0] != 0xEF
        let byteOrderMark = isWideMark == charset.isWide ? byteOrderMark : []
        guard !text.isASCII || !byteOrderMark.isEmpty || charset.isWide || charset.isShifting else { return text }
        return byteOrderMark + (charset.encode(text) ?? text)
    }
}
