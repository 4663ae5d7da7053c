internal import HL7Syntax

/// One transaction of a message: FT1 with the notes and procedures behind it.
struct ChargeEntry {
    let segment: Segment
    var notes: [Segment] = []
    /// PR1 of the transaction: what was done for it.
    var procedures: [Segment] = []

    static func entries(_ message: RawMessage) -> [ChargeEntry] {
        var entries: [ChargeEntry] = []
        var isNoteOwn = false
        for segment in message.segments {
            switch segment.name {
            case "FT1":
                entries.append(ChargeEntry(segment: segment))
                isNoteOwn = true
            case "NTE" where isNoteOwn: entries[entries.count - 1].notes.append(segment)
            case "PR1" where !entries.isEmpty:
                entries[entries.count - 1].procedures.append(segment)
                isNoteOwn = false
            // Notes behind other segments are about those.
            default: isNoteOwn = false
            }
        }
        return entries
    }
}

/// Keys of transactions: a repeated message lands on the same ones, so nothing is charged twice. §2.1.
struct TransactionKeys {
    private let scope: MessageScope
    private var counts: [String: Int] = [:]
    private var contents: [String: Set<[String]>] = [:]

    init(scope: MessageScope) { self.scope = scope }

    /// (source, FT1-2); else FT1-4, 7, 10, 11 and 23 of this patient, with a rank among equals.
    /// - Returns: nil for a transaction that came earlier in the message.
    mutating func key(_ type: String, _ segment: Segment) -> IdentityKey? {
        let profile = scope.profile
        let content = Self.content(segment)
        guard let number = scope.entity(segment, 2) else {
            return ranked(type, [profile.id, "content", scope.subject] + content)
        }
        let parts = [profile.id, number.keyPart]
        guard contents[type + number.keyPart, default: []].insert(content).inserted else {
            scope.context.warn(.duplicateKey, at: segment.location, "the same transaction twice; one was kept")
            return nil
        }
        return ranked(type, parts)
    }

    private mutating func ranked(_ type: String, _ parts: [String]) -> IdentityKey {
        let key = IdentityKey(type, parts)
        counts[key.text, default: 0] += 1
        let rank = counts[key.text, default: 1]
        return rank == 1 ? key : IdentityKey(type, parts + ["#\(rank)"])
    }

    private static func content(_ segment: Segment) -> [String] {
        [4, 7, 10, 11, 23].map { number in
            let text = segment.text(number)
            // A credit names the charge it takes back with the opposite sign.
            return [10, 11].contains(number) && text.hasPrefix("-") ? String(text.dropFirst()) : text
        }
    }
}
