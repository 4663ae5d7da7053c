/// Writes several messages as one piece of text in envelopes. HL7 v2.5.1 §2.10.3; read back by `MessageBatch`.
package struct BatchBuilder: Sendable {
    /// The file's and the batch's header, each an `FHS` and `BHS` segment to fill; `nil` leaves the envelope out.
    package var fileHeader: SegmentBuilder?
    package var batchHeader: SegmentBuilder?
    private var messages: [[UInt8]] = []

    package init(
        fileHeader: SegmentBuilder? = nil, batchHeader: SegmentBuilder? = SegmentBuilder("BHS")
    ) {
        self.fileHeader = fileHeader
        self.batchHeader = batchHeader
    }

    /// Adds an encoded message.
    package mutating func append(_ message: [UInt8]) { messages.append(message) }

    /// The whole text, with the counts in BTS-1 and FTS-1.
    package func encode() -> [UInt8] {
        var output: [UInt8] = []
        fileHeader?.encode(into: &output)
        batchHeader?.encode(into: &output)
        for message in messages {
            output += message
            if message.last != 0x0D { output.append(0x0D) }
        }
        if let batchHeader {
            SegmentBuilder("BTS", delimiters: batchHeader.delimiters).setting(1, .text("\(messages.count)"))
                .encode(into: &output)
        }
        if let fileHeader {
            SegmentBuilder("FTS", delimiters: fileHeader.delimiters).setting(1, .text(batchHeader == nil ? "0" : "1"))
                .encode(into: &output)
        }
        return output
    }
}
