/// Something about a message's form that is tolerated but worth telling its sender. Never repeats the text.
package struct SyntaxNote: Sendable, Hashable {
    package enum Code: String, Sendable, Hashable, CaseIterable {
        /// Segments end in LF or CRLF instead of CR (F-1).
        case lineEnd
        /// Line breaks stand in fields; they were kept as text (F-2).
        case lineBreakInField
        /// Empty lines between segments (F-3).
        case blankLine
        /// MSH-18 is missing, unknown or wrong; the character set was guessed (F-13).
        case charsetGuessed
        /// An escape sequence has no meaning, or names a set that cannot be read; it was kept as text.
        case escapeUnresolved
        /// MSH-12 is empty or names no published version.
        case versionGuessed
        /// MSH-9.2 or MSH-9.3 is missing and was derived (F-30).
        case structureDerived
    }

    package let code: Code
    package let location: HL7Location?
    package let message: String
}

extension RawMessage {
    /// Whether `notes` may have something to tell of line ends, of the character set or of escapes. Costs next to
    /// nothing: what was found while parsing, and a look for the escape character.
    package var mayHaveNotes: Bool {
        if let lineEnd, lineEnd != .carriageReturn { return true }
        if strayLineBreakCount > 0 || decoding.isGuess { return true }
        guard let escape = delimiters.escape else { return false }
        return text.withUnsafeBufferPointer { $0[min(literalEnd, $0.count)...].contains(escape) }
    }

    /// All of them. Reads the whole text once more, so this is for people and for warnings, not for every message.
    package var notes: [SyntaxNote] {
        var notes: [SyntaxNote] = []
        func note(_ code: SyntaxNote.Code, _ message: String, at location: HL7Location? = nil) {
            notes.append(SyntaxNote(code: code, location: location, message: message))
        }
        if let lineEnd, lineEnd != .carriageReturn { note(.lineEnd, "segments end in \(lineEnd.rawValue)") }
        if strayLineBreakCount > 0 { note(.lineBreakInField, "\(strayLineBreakCount) line breaks inside fields") }
        if blankLineCount > 0 { note(.blankLine, "\(blankLineCount) blank lines") }
        if decoding.isGuess {
            note(
                .charsetGuessed, "read as \(decoding.charset.label)",
                at: HL7Location(segment: "MSH", field: 18))
        }
        if version.isGuess {
            note(.versionGuessed, "read as \(version.version)", at: HL7Location(segment: "MSH", field: 12))
        }
        if self["MSH", field: 9][component: 3].isEmpty, let name = structureName, version.version >= HL7Version(2, 3, 1)
        {
            note(.structureDerived, "taken for \(name)", at: HL7Location(segment: "MSH", field: 9, component: 3))
        }
        for segment in segments {
            for number in stride(from: segment.isNamed("MSH") ? 3 : 1, through: segment.fieldCount, by: 1) {
                let field = segment[field: number]
                if Unescaping.hasUnresolved(field.raw, delimiters: delimiters, charset: decoding.charset) {
                    note(.escapeUnresolved, "unknown escape sequences", at: field.location)
                }
            }
        }
        return notes
    }
}

extension Charset {
    /// A name for people.
    package var label: String {
        switch self {
        case .ascii: "ASCII"
        case .utf8: "UTF-8"
        case .latin1: "ISO 8859-1"
        case .windows1252: "Windows-1252"
        case .jisX0201: "JIS X 0201"
        case .other(let name): name
        }
    }
}
