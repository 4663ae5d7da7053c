import HL7Syntax

/// What must hold for any bytes: no crash, nothing lost, the same frames however the stream is cut, and memory and
/// text that stay in proportion to the input.
enum HL7Check {
    /// Nil if all holds, else what does not.
    static func failure(of bytes: [UInt8]) -> String? {
        framerFault(bytes) ?? batchFault(bytes) ?? messageFault(bytes)
    }

    private static func framerFault(_ bytes: [UInt8]) -> String? {
        var whole = MLLPFrameDecoder(frameByteLimit: 1 << 16)
        var expected = whole.receive(bytes)
        whole.finish { expected.append($0) }
        var single = MLLPFrameDecoder(frameByteLimit: 1 << 16)
        var found: [MLLPFrameDecoder.Event] = []
        for byte in bytes { found += single.receive([byte]) }
        single.finish { found.append($0) }
        // Junk is told as it comes, so its pieces differ; frames must not.
        guard expected.filter(isNoJunk) == found.filter(isNoJunk) else { return "frames depend on the cuts" }
        let junk = { (events: [MLLPFrameDecoder.Event]) in events.reduce(0) { $0 + junkByteCount($1) } }
        guard junk(expected) == junk(found) else { return "junk depends on the cuts" }
        let kept = expected.reduce(0) { $0 + byteCount($1) }
        guard kept <= bytes.count else { return "more bytes than came" }
        if bytes.contains(MLLPFrame.start) || bytes.contains(MLLPFrame.end) { return nil }
        let framed = MLLPFrame.wrap(bytes)
        var decoder = MLLPFrameDecoder(frameByteLimit: max(bytes.count, 1))
        return decoder.receive(framed) == [.frame(bytes, isTrailerMissing: false)] ? nil : "a frame is not read back"
    }

    private static func isNoJunk(_ event: MLLPFrameDecoder.Event) -> Bool {
        if case .junk = event { false } else { true }
    }

    private static func junkByteCount(_ event: MLLPFrameDecoder.Event) -> Int {
        if case .junk(_, let count) = event { count } else { 0 }
    }

    private static func byteCount(_ event: MLLPFrameDecoder.Event) -> Int {
        switch event {
        case .frame(let bytes, _), .truncated(let bytes): bytes.count
        case .oversized(_, let count), .junk(_, let count): count
        }
    }

    private static func batchFault(_ bytes: [UInt8]) -> String? {
        guard let batch = try? MessageBatch(splitting: bytes) else { return nil }
        let total = batch.messages.reduce(0) { $0 + $1.count }
        guard total <= bytes.count else { return "a batch has more than was sent" }
        var builder = BatchBuilder()
        for message in batch.messages { builder.append(message) }
        guard let again = try? MessageBatch(splitting: builder.encode()), !again.isMiscounted else {
            return "a batch is not read back"
        }
        return again.messages.count == batch.messages.count ? nil : "a batch is read back with other messages"
    }

    private static func messageFault(_ bytes: [UInt8]) -> String? {
        _ = MessageHeader(reading: bytes)
        guard let message = try? RawMessage(parsing: bytes) else { return nil }
        guard MessageBuilder(message).encode() == bytes else { return "not the same bytes again" }
        var fields = 0
        var text = 0
        for segment in message.segments {
            fields += segment.fieldCount
            for number in stride(from: 0, through: segment.fieldCount + 1, by: 1) {
                for repetition in segment[field: number].repetitions {
                    for component in repetition.components {
                        text += component.subcomponents.reduce(0) { $0 + $1.string.utf8.count }
                    }
                }
            }
        }
        guard fields <= message.text.count + 2 else { return "more fields than bytes" }
        // A count in a format command gives 80 blanks at most.
        guard text <= (message.text.count + 8) * 80 else { return "text out of proportion" }
        // Changing one field must leave every other one as it was.
        if let fault = changeFault(message) { return fault }
        let grouped = message.grouped.root.allSegments.map(\.index).sorted()
        guard grouped == Array(0..<message.segmentCount) else { return "the groups lose segments" }
        let explanation = MessageExplanation(message).lines()
        guard explanation.count >= message.segmentCount else { return "the explanation loses segments" }
        var assembler = FragmentAssembler()
        _ = try? assembler.take(message)
        let header = MessageHeader(message)
        let answer = Acknowledgement(to: header, .accepted).encode(controlID: "1", time: "20240101")
        guard let read = try? RawMessage(parsing: answer) else { return "the acknowledgement cannot be read" }
        return read["MSA", field: 1].string == Acknowledgement(to: header, .accepted).code.rawValue
            ? nil : "the acknowledgement says something else"
    }

    private static func changeFault(_ message: RawMessage) -> String? {
        // A line break in the header hides what MSH-18 says, and a change may bring it to light.
        guard message.decoding.charset == .utf8 || message.decoding.charset == .ascii,
            message.strayLineBreakCount == 0
        else { return nil }
        var builder = MessageBuilder(message)
        guard builder.segments[0].name == "MSH" else { return nil }
        builder.segments[0].set(3, "changed | by ^ us")
        guard let changed = try? RawMessage(parsing: builder.encode()) else { return "cannot be read after a change" }
        // What stood in the field may have been all that kept the bytes from the set that MSH-18 names.
        guard changed.decoding.charset == message.decoding.charset else { return nil }
        guard changed.segmentCount == message.segmentCount else { return "other segments after a change" }
        for (before, after) in zip(message.segments.dropFirst(), changed.segments.dropFirst())
        where !before.raw.elementsEqual(after.raw) {
            return "\(before.location) changed with another"
        }
        return nil
    }
}
