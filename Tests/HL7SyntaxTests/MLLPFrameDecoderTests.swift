import Testing

@testable import HL7Syntax

@Suite struct MLLPFrameDecoderTests {
    typealias Event = MLLPFrameDecoder.Event

    private func bytes(_ text: String) -> [UInt8] {
        Array(text.utf8).map { byte in
            switch byte {
            case UInt8(ascii: "<"): 0x0B
            case UInt8(ascii: ">"): 0x1C
            case UInt8(ascii: "!"): 0x0D
            default: byte
            }
        }
    }

    /// In the tables `<` is 0x0B, `>` is 0x1C and `!` is 0x0D.
    static let streams: [(String, [String])] = [
        ("<a>!", ["a"]), ("<a>!<b>!", ["a", "b"]), ("<>!", [""]), ("<a!b>!", ["a!b"]),
        ("!!\n<a>!\n<b>!", ["a", "b"]), ("x<a>!yz<b>!", ["junk1", "a", "junk2", "b"]),
        ("<a>c>!", ["a>c"]), ("<a>><b>!", ["lone:a>", "b"]), ("<a><b>!", ["lone:a", "b"]),
        ("<a>\n<b>!", ["lone:a", "b"]),
        ("<<a>!", ["a"]), ("<MSH|1<MSH|2>!", ["cut:MSH|1", "MSH|2"]), ("<a<b>!", ["a<b"]),
        ("<a>", ["lone:a"]), ("<ab", ["cut:ab"]), ("<", []), ("junk", ["junk4"]),
    ]

    private func name(_ event: Event) -> String {
        func text(_ bytes: [UInt8]) -> String {
            String(
                decoding: bytes.map { $0 == 0x0B ? 0x3C : $0 == 0x1C ? 0x3E : $0 == 0x0D ? 0x21 : $0 }, as: UTF8.self)
        }
        switch event {
        case .frame(let bytes, let isLone): return (isLone ? "lone:" : "") + text(bytes)
        case .truncated(let bytes): return "cut:" + text(bytes)
        case .oversized(let head, let count): return "big\(count):" + text(head)
        case .junk(_, let count): return "junk\(count)"
        }
    }

    @Test(arguments: streams)
    func streamIsReadWhole(stream: String, expected: [String]) {
        var decoder = MLLPFrameDecoder()
        var events = decoder.receive(bytes(stream))
        decoder.finish { events.append($0) }
        #expect(events.map(name) == expected)
    }

    @Test(arguments: streams)
    func everySplitGivesTheSame(stream: String, expected: [String]) {
        let all = bytes(stream)
        for cut in 0...all.count {
            var decoder = MLLPFrameDecoder()
            var events = decoder.receive(Array(all[..<cut])) + decoder.receive(Array(all[cut...]))
            decoder.finish { events.append($0) }
            #expect(merged(events).map(name) == expected)
        }
        var decoder = MLLPFrameDecoder()
        var events = all.flatMap { decoder.receive([$0]) }
        decoder.finish { events.append($0) }
        #expect(merged(events).map(name) == expected)
    }

    /// Junk is told per chunk; here only the sum of a run matters.
    private func merged(_ events: [Event]) -> [Event] {
        events.reduce(into: []) { result, event in
            if case .junk(let head, let count) = event, case .junk(let before, let sum)? = result.last {
                result[result.count - 1] = .junk(head: before + head, byteCount: sum + count)
            } else {
                result.append(event)
            }
        }
    }

    @Test func aLargeFrameKeepsItsHeadAndTheNextIsRead() {
        var decoder = MLLPFrameDecoder(frameByteLimit: 4)
        let events = decoder.receive(bytes("<12345678>!<1234>!<12345>!"))
        #expect(events.map(name) == ["big8:12345678", "1234", "big5:12345"])
        var chunked = MLLPFrameDecoder(frameByteLimit: 100_000)
        let body = [UInt8](repeating: 65, count: 1000)
        var out = chunked.receive([0x0B])
        for _ in 0..<1000 { out += chunked.receive(body) }
        out += chunked.receive(bytes(">!<a>!"))
        #expect(out.count == 2)
        guard case .oversized(let head, let count)? = out.first else { return #expect(Bool(false)) }
        #expect(head.count == MLLPFrameDecoder.headByteCount && count == 1_000_000)
        #expect(out.last.map(name) == "a")
    }

    @Test func silenceAfterALoneEndCompletesTheFrame() {
        var decoder = MLLPFrameDecoder()
        var events = decoder.receive(bytes("<a>"))
        #expect(events.isEmpty && decoder.isAwaitingTrailer)
        decoder.noteSilence { events.append($0) }
        events += decoder.receive(bytes("!<b>!"))
        #expect(events.map(name) == ["lone:a", "b"])
        #expect(!decoder.isInsideFrame)
    }

    @Test func randomStreamsNeverBreakIt() {
        var generator = SeededGenerator(seed: 7)
        let alphabet: [UInt8] = [0x0B, 0x1C, 0x0D, 0x0A, 0x41, 0x4D, 0x53, 0x48]
        for _ in 0..<3000 {
            let stream = (0..<40).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
            var whole = MLLPFrameDecoder(frameByteLimit: 8)
            var expected = whole.receive(stream)
            whole.finish { expected.append($0) }
            var split = MLLPFrameDecoder(frameByteLimit: 8)
            let cut = Int.random(in: 0...stream.count, using: &generator)
            var events = split.receive(Array(stream[..<cut])) + split.receive(Array(stream[cut...]))
            split.finish { events.append($0) }
            #expect(merged(events) == merged(expected))
        }
    }
}
