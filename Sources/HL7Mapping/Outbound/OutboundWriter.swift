internal import HL7Syntax
internal import JSONTape

/// A message being written for one receiver.
struct OutboundWriter {
    let profile: OutboundProfile
    private var builder: MessageBuilder
    private var counts: [String: Int] = [:]

    init(_ profile: OutboundProfile) {
        self.profile = profile
        builder = MessageBuilder(delimiters: profile.delimiters, charset: .utf8)
    }

    /// The bytes; nil if the receiver's character set has no place for a character.
    func encode() -> [UInt8]? {
        let text = builder.encode()
        return (Charset(declared: profile.characterSet) ?? .utf8).encode(text)
    }

    func segment(_ name: String) -> SegmentBuilder { SegmentBuilder(name, delimiters: profile.delimiters) }

    mutating func append(_ segment: SegmentBuilder) { builder.append(segment) }

    /// Counts the segments of a name from 1, for their set ids.
    mutating func number(_ name: String) -> FieldContent {
        counts[name, default: 0] += 1
        return .text("\(counts[name] ?? 1)")
    }

    mutating func restart(_ name: String) { counts[name] = nil }

    mutating func header(kind: String, structure: String, controlID: String, time: String) {
        var header = segment("MSH")
        header.set(3, .text(profile.sendingApplication))
        header.set(4, .text(profile.sendingFacility))
        header.set(5, .text(profile.receivingApplication))
        header.set(6, .text(profile.receivingFacility))
        header.set(7, .text(time))
        let parts = kind.split(separator: "^").map(String.init)
        // MSH-9.3 came with 2.3.1.
        header.set(9, .components(profile.isBefore(2, 3, 1) ? parts : parts + [structure]))
        header.set(10, .text(controlID))
        header.set(11, .text(profile.processingID))
        header.set(12, .text(profile.version))
        if !profile.characterSet.isEmpty { header.set(18, .text(profile.characterSet)) }
        append(header)
    }

    /// EVN of ADT and DFT messages.
    mutating func event(_ trigger: String, _ recorded: String) {
        var event = segment("EVN")
        event.set(1, .text(trigger))
        event.set(2, .text(FieldText.time(recorded)))
        append(event)
    }

    /// NTE segments for annotations or plain texts.
    mutating func notes(_ notes: [JSONNode]) {
        for note in notes {
            guard let text = note["text"]?.string ?? note.string else { continue }
            append(segment("NTE").setting(1, number("NTE")).setting(3, .text(text)))
        }
        restart("NTE")
    }
}

/// A field that repeats: each repetition a list of components, each a list of subcomponents.
typealias Repetitions = [[[String]]]

extension SegmentBuilder {
    /// Sets a field unless there is nothing to set.
    mutating func fill(_ number: Int, _ repetitions: Repetitions) {
        let valued = repetitions.filter { $0.contains { $0.contains { !$0.isEmpty } } }
        if !valued.isEmpty { set(number, .tree(valued)) }
    }

    mutating func fill(_ number: Int, _ text: String?) {
        if let text, !text.isEmpty { set(number, .text(text)) }
    }
}
