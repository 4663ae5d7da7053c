import HL7Syntax

extension RawMessage {
    /// What was tolerated about its form, as warnings: line ends (F-1), line breaks in fields (F-2), the character set
    /// (F-13), escapes nobody knows. A message in good form pays for the question only.
    var formIssues: [Acknowledgement.Issue] {
        guard mayHaveNotes else { return [] }
        return notes.compactMap { note in
            switch note.code {
            case .lineEnd, .lineBreakInField, .charsetGuessed, .escapeUnresolved:
                Acknowledgement.Issue(.dataType, .warning, at: note.location, userMessage: note.message)
            // Blank lines mean nothing (F-3); guessed versions and types are told by those who read them.
            case .blankLine, .versionGuessed, .structureDerived: nil
            }
        }
    }
}

extension MessageProcessor {
    /// Why a message that is only a part of one waits for a person: filed by itself, it could say half of what was
    /// meant. A query's pointer (DSC) asks for the next page and is none of this. HL7 v2.5.1 §2.10.2.
    static func fragment(
        _ message: RawMessage, _ header: MessageHeader, _ settings: SourceSettings
    ) -> Acknowledgement.Issue? {
        guard message.isFragment, header.messageType.first != "Q" else { return nil }
        let place = HL7Location(segment: "MSH", sequence: 1, field: 14)
        return Acknowledgement.Issue(
            .segmentSequence, settings.holdPolicy == .strict ? .error : .warning, at: place,
            userMessage: "one of several parts of a message")
    }
}
