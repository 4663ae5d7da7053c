/// Several messages in one piece of text, with or without envelopes. HL7 v2.5.1 §2.10.3.
///
///     FHS  file header            optional
///       BHS  batch header         optional
///         MSH … MSH …             the messages, each a unit of its own
///       BTS|<count>  batch trailer
///     FTS|<count>  file trailer
package struct MessageBatch: Sendable {
    /// One BHS…BTS, or the messages that stand outside any.
    package struct Group: Sendable {
        /// The BHS segment; `nil` outside an envelope.
        package var header: RawMessage?
        /// Each from its MSH up to the next one, line ends included.
        package var messages: [[UInt8]] = []
        /// BTS-1; `nil` when there is no trailer or no number in it.
        package var declaredCount: Int?
        package var isClosed = false

        /// BTS-1 says another number than was found.
        package var isMiscounted: Bool { declaredCount.map { $0 != messages.count } ?? false }
    }

    /// The FHS segment.
    package private(set) var fileHeader: RawMessage?
    package private(set) var groups: [Group] = []
    /// FTS-1, the number of batches in the file.
    package private(set) var declaredGroupCount: Int?

    /// All messages in the order sent.
    package var messages: [[UInt8]] { groups.flatMap(\.messages) }

    /// Whether there is an envelope, or more than one message.
    package var isBatch: Bool { fileHeader != nil || groups.contains { $0.header != nil } || messages.count > 1 }

    /// FTS-1 or a BTS-1 disagrees with what was found. The messages are good all the same.
    package var isMiscounted: Bool {
        let enveloped = groups.count { $0.header != nil }
        return (declaredGroupCount.map { $0 != enveloped } ?? false) || groups.contains(where: \.isMiscounted)
    }

    /// Splits at line starts that look like a header or trailer.
    /// - Throws: `empty` without any message or envelope, `headerMissing` when other text comes first,
    ///   `envelopeBroken` when a trailer has no header.
    package init(splitting bytes: [UInt8], limits: HL7Limits = HL7Limits()) throws(HL7SyntaxError) {
        let cuts = Self.cuts(bytes)
        guard let first = cuts.first else {
            let isBlank = bytes.allSatisfy { $0.isBlankOrBreak }
            throw HL7SyntaxError(isBlank ? .empty : .headerMissing, message: "neither a message nor an envelope")
        }
        let lead = bytes[..<first.offset]
        guard lead.allSatisfy({ $0.isBlankOrBreak || $0 >= 0xEF || $0 == 0xBB || $0 == 0xBF }) else {
            throw HL7SyntaxError(.headerMissing, message: "text before the first header")
        }
        for (index, cut) in cuts.enumerated() {
            let end = index + 1 < cuts.count ? cuts[index + 1].offset : bytes.count
            try take(cut.kind, Array(bytes[cut.offset..<end]), limits)
        }
    }

    private enum Kind: String, CaseIterable {
        case fileHeader = "FHS"
        case batchHeader = "BHS"
        case message = "MSH"
        case batchTrailer = "BTS"
        case fileTrailer = "FTS"
    }

    private mutating func take(_ kind: Kind, _ text: [UInt8], _ limits: HL7Limits) throws(HL7SyntaxError) {
        switch kind {
        case .fileHeader:
            fileHeader = try RawMessage(parsing: text, header: kind.rawValue, limits: limits, fallback: .windows1252)
        case .batchHeader:
            let header = try RawMessage(
                parsing: text, header: kind.rawValue, limits: limits, fallback: .windows1252)
            groups.append(Group(header: header))
        case .message:
            if groups.isEmpty || groups[groups.count - 1].isClosed { groups.append(Group()) }
            groups[groups.count - 1].messages.append(text)
        case .batchTrailer:
            guard let last = groups.last, last.header != nil, !last.isClosed else {
                throw HL7SyntaxError(
                    .envelopeBroken, at: HL7Location(segment: "BTS"), message: "no batch is open")
            }
            groups[groups.count - 1].declaredCount = Self.firstField(text)
            groups[groups.count - 1].isClosed = true
        case .fileTrailer:
            guard fileHeader != nil else {
                throw HL7SyntaxError(.envelopeBroken, at: HL7Location(segment: "FTS"), message: "no file is open")
            }
            declaredGroupCount = Self.firstField(text)
        }
    }

    /// The number in field 1 of a trailer, whatever the separator is.
    private static func firstField(_ text: [UInt8]) -> Int? {
        let digits = text.dropFirst(4).prefix { (0x30...0x39).contains($0) }
        return Int(String(decoding: digits, as: UTF8.self))
    }

    /// Line starts that name a header or trailer. Headers must have separators that parse, so that a text line which
    /// happens to begin with `MSH` does not cut a message in two.
    private static func cuts(_ bytes: [UInt8]) -> [(offset: Int, kind: Kind)] {
        var cuts: [(offset: Int, kind: Kind)] = []
        var position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        var isLineStart = true
        while position < bytes.count {
            let byte = bytes[position]
            if isLineStart, let kind = kind(bytes, at: position) { cuts.append((position, kind)) }
            if byte.isLineBreak {
                isLineStart = true
            } else if !byte.isBlank {
                isLineStart = false
            }
            position += 1
        }
        return cuts
    }

    private static func kind(_ bytes: [UInt8], at position: Int) -> Kind? {
        guard position + 3 <= bytes.count, bytes[position + 1] != 0x20 else { return nil }
        guard [0x46, 0x42, 0x4D].contains(bytes[position]) else { return nil }
        let name = String(decoding: bytes[position..<(position + 3)], as: UTF8.self)
        guard let kind = Kind(rawValue: name) else { return nil }
        let rest = bytes[(position + 3)...]
        switch kind {
        case .batchTrailer, .fileTrailer:
            return rest.first.map { !$0.isCapitalOrDigit && !$0.isBlank } ?? true ? kind : nil
        case .fileHeader, .batchHeader, .message:
            guard let separator = rest.first else { return nil }
            let marks = rest.dropFirst().prefix { $0 != separator && !$0.isLineBreak }.prefix(6)
            return (try? Delimiters(field: separator, encodingCharacters: marks)) == nil ? nil : kind
        }
    }
}
