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
