/// Puts messages together that came in several parts. HL7 v2.5.1 §2.10.2. Pure: messages in, messages out.
///
///     MSH …|42|…            MSH …|43|…|<MSH-14: A>      MSH-14 repeats the DSC-1 of the part before
///     PID …                 ADD| and the last words     ADD goes on where the last segment broke off
///     OBX … the first       OBX …
///     ADD|                                              an empty ADD: the segment before it is not complete
///     DSC|A|F                                           no DSC: this is the last part
///
/// Within one message an `ADD` with text continues the segment before it, too.
package struct FragmentAssembler: Sendable {
    package enum Outcome: Sendable {
        /// A message by itself; `ADD` segments in it were joined.
        case whole(RawMessage)
        /// A part; the rest is still to come. To be acknowledged like a message, not to be applied.
        case partial
        /// The last part: all of them as one message, with the header of the first.
        case assembled(RawMessage, partCount: Int)
        /// A later part whose beginning never came, or was given up.
        case orphan
    }

    /// Most messages that may be incomplete at once; the oldest is given up for one more. Default 32.
    package var openLimit = 32
    /// Most bytes of one message when put together. Default 64 MiB.
    package var byteLimit = 64 * 1024 * 1024

    private struct Open: Sendable {
        let key: Key
        let charset: Charset
        var text: [UInt8]
        var partCount: Int
    }

    /// Parts belong together by sender and continuation pointer.
    private struct Key: Sendable, Hashable {
        let application: [UInt8]
        let facility: [UInt8]
        let pointer: String
    }

    private var open: [Open] = []

    package init() {}

    /// How many messages are incomplete.
    package var openCount: Int { open.count }

    /// Takes the next message of a feed.
    /// - Throws: `messageTooLarge` when the parts exceed `byteLimit`; they are dropped then.
    package mutating func take(_ message: RawMessage) throws(HL7SyntaxError) -> Outcome {
        let incoming = message["MSH", field: 14].string
        let pointer = Self.pointer(message)
        let body = Self.body(message)
        var state: Open
        let index = incoming.isEmpty ? nil : open.firstIndex { $0.key == Self.key(message, incoming) }
        if let index {
            state = open.remove(at: index)
            Self.join(&state, body)
        } else if incoming.isEmpty {
            guard pointer != nil || body.hasAddenda else { return .whole(message) }
            state = Open(
                key: Self.key(message, ""), charset: message.decoding.charset, text: [], partCount: 0)
            Self.join(&state, body)
        } else {
            return .orphan
        }
        guard state.text.count <= byteLimit else {
            throw HL7SyntaxError(.messageTooLarge, message: "the parts together have more than \(byteLimit) bytes")
        }
        if let pointer {
            if open.count >= openLimit { open.removeFirst() }
            open.append(
                Open(
                    key: Self.key(message, pointer), charset: state.charset, text: state.text,
                    partCount: state.partCount))
            return .partial
        }
        var limits = HL7Limits()
        limits.messageByteCount = byteLimit * 4
        let bytes = state.charset.encode(state.text) ?? state.text
        let whole = try RawMessage(parsing: bytes, limits: limits, override: state.charset)
        return state.partCount == 1 ? .whole(whole) : .assembled(whole, partCount: state.partCount)
    }

    /// DSC-1, where DSC-2 does not say that it is about a query's next page.
    fileprivate static func pointer(_ message: RawMessage) -> String? {
        guard let segment = message["DSC"], segment[field: 1].isValued, segment.text(2) != "I" else { return nil }
        return segment[field: 1].string
    }

    private static func key(_ message: RawMessage, _ pointer: String) -> Key {
        Key(
            application: Array(message["MSH", field: 3].raw), facility: Array(message["MSH", field: 4].raw),
            pointer: pointer)
    }

    /// The segments of one part as they are sent, without DSC.
    private struct Body {
        var segments: [(isAddendum: Bool, text: ArraySlice<UInt8>)]
        var hasAddenda: Bool { segments.contains { $0.isAddendum } }
    }

    private static func body(_ message: RawMessage) -> Body {
        Body(
            segments: message.segments.filter { !$0.isNamed("DSC") }.map { segment in
                guard segment.isNamed("ADD") else { return (false, segment.raw) }
                return (true, segment.raw.dropFirst(4))
            })
    }

    /// Appends a part; its header counts only if it is the first.
    private static func join(_ state: inout Open, _ body: Body) {
        let segments = state.partCount == 0 ? body.segments[...] : body.segments.dropFirst()
        for segment in segments {
            if !segment.isAddendum, !state.text.isEmpty { state.text.append(0x0D) }
            state.text += segment.text
        }
        state.partCount += 1
    }
}

extension RawMessage {
    /// Whether it is one of several parts of a message, by MSH-14 or DSC-1.
    package var isFragment: Bool {
        self["MSH", field: 14].isValued || FragmentAssembler.pointer(self) != nil
    }

    /// The pointers by which the parts of a message find each other, MSH-14 and DSC-1: the first part has no
    /// `previous`, the last no `next`.
    package var partPointers: (previous: String, next: String) {
        (self["MSH", field: 14].string, FragmentAssembler.pointer(self) ?? "")
    }

    /// The message with the text of its `ADD` segments where it belongs; itself if it has none.
    package func joiningAddenda() throws(HL7SyntaxError) -> RawMessage {
        guard self["ADD"] != nil else { return self }
        var assembler = FragmentAssembler()
        guard case .whole(let whole) = try assembler.take(self) else { return self }
        return whole
    }
}
