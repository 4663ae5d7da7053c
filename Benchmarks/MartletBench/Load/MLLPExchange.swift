import Glibc

/// Sends HL7 v2 messages in MLLP frames and reads the acknowledgements.
struct MLLPExchange: Exchange {
    private var messages: LabMessages

    init(messages: LabMessages) { self.messages = messages }

    mutating func appendRequest(to output: inout [UInt8], connection: Int) {
        output.append(0x0B)
        messages.appendNext(to: &output)
        output.append(contentsOf: [0x1C, 0x0D])
    }

    func scan(_ bytes: UnsafeRawBufferPointer, connection: Int) -> Answer? {
        guard let base = bytes.baseAddress, let end = memchr(base, 0x1C, bytes.count) else { return nil }
        let count = UnsafeRawPointer(end) - base + 2
        guard bytes.count >= count else { return nil }
        let isAccepted = UnsafeRawBufferPointer(rebasing: bytes[..<count]).offset(of: "\rMSA|AA|") != nil
        return Answer(byteCount: count, status: isAccepted ? 200 : 500, isExpected: isAccepted)
    }
}
