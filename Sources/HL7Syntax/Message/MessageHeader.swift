/// The fields of MSH that routing and acknowledgement need, readable even where the rest of the message is not.
package struct MessageHeader: Sendable, Hashable {
    package let delimiters: Delimiters
    package let charset: Charset
    /// MSH-3 to MSH-6 as sent, escapes included, so that an answer can repeat them exactly.
    package let sendingApplication: [UInt8]
    package let sendingFacility: [UInt8]
    package let receivingApplication: [UInt8]
    package let receivingFacility: [UInt8]
    /// MSH-9.1, such as `ORU`.
    package let messageType: String
    /// MSH-9.2, such as `R01`; derived where the sender leaves it out and only one is possible (F-30).
    package let triggerEvent: String
    /// MSH-10.
    package let controlID: String
    /// MSH-11 as sent.
    package let processingID: [UInt8]
    /// MSH-12 as sent.
    package let version: [UInt8]
    /// MSH-15 and MSH-16: `AL`, `NE`, `ER`, `SU` or empty.
    package let acceptAcknowledgement: String
    package let applicationAcknowledgement: String
    /// MSH-18, first repetition, as sent.
    package let characterSet: [UInt8]
    /// MSH-2 is of no use and the usual separators stand in for it: enough to answer by, and no more.
    package let isRepaired: Bool

    /// Takes them from a parsed message.
    package init(_ message: RawMessage) { self.init(message, isRepaired: false) }

    private init(_ message: RawMessage, isRepaired: Bool) {
        self.isRepaired = isRepaired
        func raw(_ field: Int) -> [UInt8] { Array(message["MSH", field: field].raw) }
        func text(_ field: Int, _ component: Int = 1) -> String {
            message["MSH", field: field][component: component].string
        }
        delimiters = message.delimiters
        charset = message.decoding.charset
        sendingApplication = raw(3)
        sendingFacility = raw(4)
        receivingApplication = raw(5)
        receivingFacility = raw(6)
        // Some write `ORU_R01` or `ORU R01` into one component.
        let words = text(9).split { $0 == "_" || $0 == " " }
        messageType = words.first.map(String.init) ?? ""
        let trigger = text(9, 2)
        let stated = trigger.isEmpty && words.count > 1 ? String(words[1]) : trigger
        triggerEvent = stated.isEmpty ? EventTable.defaultEvent(of: messageType) ?? "" : stated
        controlID = text(10)
        processingID = raw(11)
        version = raw(12)
        acceptAcknowledgement = text(15)
        applicationAcknowledgement = text(16)
        characterSet = Array(message["MSH", field: 18][repetition: 1].raw)
    }

    /// Reads only the first line of `bytes`, for messages that are too large or broken further on.
    /// - Parameter override: as of `RawMessage`.
    /// - Returns: `nil` when not even MSH can be read: then no acknowledgement is possible.
    package init?(reading bytes: [UInt8], override: Charset? = nil) {
        let start = bytes.firstIndex { $0 != 0x0D && $0 != 0x0A } ?? 0
        let end = bytes[start...].firstIndex { $0 == 0x0D || $0 == 0x0A } ?? bytes.count
        guard let message = try? RawMessage(parsing: Array(bytes[start..<end]), override: override) else { return nil }
        self.init(message)
    }

    /// As `init(reading:)`, and where only MSH-2 is of no use (two separators are equal, one is a letter) with the
    /// usual separators instead: such a message cannot be read, but its sender can be told so.
    package init?(answering bytes: [UInt8]) {
        if let header = MessageHeader(reading: bytes) {
            self = header
        } else {
            let line = bytes.drop { $0.isLineBreak }.prefix { !$0.isLineBreak }
            guard let message = Self.repaired(Array(line)) else { return nil }
            self.init(message, isRepaired: true)
        }
    }

    private static func repaired(_ line: [UInt8]) -> RawMessage? {
        guard line.count > 4, line.starts(with: "MSH".utf8), let delimiters = Delimiters.standard(field: line[3]) else {
            return nil
        }
        let rest = line[4...].firstIndex(of: line[3]) ?? line.count
        return try? RawMessage(parsing: line[..<4] + delimiters.encodingCharacters + line[rest...])
    }

    /// Original mode: MSH-15 and MSH-16 both empty. HL7 v2.5.1 §2.9.2.
    package var isOriginalMode: Bool { acceptAcknowledgement.isEmpty && applicationAcknowledgement.isEmpty }

    /// MSH-12.1 as numbers, `2.5.1` → [2, 5, 1]; empty when unreadable.
    package var versionNumbers: [Int] {
        let text = String(decoding: version.prefix { Optional($0) != delimiters.component }, as: UTF8.self)
        return text.split(separator: ".").compactMap { Int($0) }
    }
}
