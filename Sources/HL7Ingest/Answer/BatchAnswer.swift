import HL7Syntax

/// Answers a batch as a whole (HL7 v2.5.1 §2.10.3, §2.15.2).
struct BatchAnswer {
    let answers: AnswerWriter
    /// FHS or BHS, whose fields 3 to 12 mean the same.
    let header: RawMessage
    /// MSH-12 of the messages.
    let version: [UInt8]

    private var name: String { header.segments.first?.name ?? "BHS" }

    private func field(_ number: Int) -> [UInt8] { Array(header[name, field: number].raw) }

    /// The acknowledgement of a batch whose trailer states another number than came: `AE` with 207 as a warning. Its
    /// messages are good all the same.
    func miscount() -> [UInt8] {
        let delimiters = header.delimiters
        var builder = MessageBuilder(delimiters: delimiters, charset: header.decoding.charset)
        var segment = SegmentBuilder("MSH", delimiters: delimiters)
        for (number, source) in [(3, 5), (4, 6), (5, 3), (6, 4)] { segment.set(number, .encoded(field(source))) }
        segment.set(7, .text(answers.now()))
        segment.set(9, .components(["ACK"]))
        segment.set(10, .text(answers.makeControlID()))
        segment.set(11, .text("P"))
        segment.set(12, .encoded(version))
        builder.append(segment)
        let words = "the count in the trailer is not the number of messages"
        var acknowledgement = SegmentBuilder("MSA", delimiters: delimiters)
        acknowledgement.set(1, .text("AE"))
        acknowledgement.set(2, .encoded(field(11)))
        acknowledgement.set(3, .text(words))
        builder.append(acknowledgement)
        let code = MessageErrorCode.internalError
        var error = SegmentBuilder("ERR", delimiters: delimiters)
        error.set(2, .components([name == "FHS" ? "FTS" : "BTS", "1", "1"]))
        error.set(3, .components(["\(code.rawValue)", code.text, "HL70357"]))
        error.set(4, .text(MessageErrorSeverity.warning.rawValue))
        error.set(8, .text(words))
        builder.append(error)
        return builder.encode()
    }

    /// All acknowledgements in one envelope, which names the batch that it answers in BHS-12.
    func envelope(_ acknowledgements: [[UInt8]]) -> [UInt8] {
        let delimiters = header.delimiters
        var head = SegmentBuilder("BHS", delimiters: delimiters)
        for (number, source) in [(3, 5), (4, 6), (5, 3), (6, 4)] { head.set(number, .encoded(field(source))) }
        head.set(7, .text(answers.now()))
        head.set(11, .text(answers.makeControlID()))
        head.set(12, .encoded(field(11)))
        var tail = SegmentBuilder("BTS", delimiters: delimiters)
        tail.set(1, .text("\(acknowledgements.count)"))
        return encode(head) + acknowledgements.flatMap(\.self) + encode(tail)
    }

    private func encode(_ segment: SegmentBuilder) -> [UInt8] {
        var builder = MessageBuilder(delimiters: header.delimiters, charset: header.decoding.charset)
        builder.append(segment)
        return builder.encode()
    }

    /// The worst of several acknowledgements, by MSA-1: the first of those.
    static func worst(_ answers: [(code: String, frame: [UInt8])]) -> [UInt8]? {
        let order = ["AR", "CR", "AE", "CE"]
        for code in order {
            if let answer = answers.first(where: { $0.code == code }) { return answer.frame }
        }
        return answers.first?.frame
    }
}
