extension String {
    /// Without control characters (tab and line ends stay) and without blanks at both ends.
    var cleaned: String {
        // Nearly every text needs nothing; the bytes tell, without looking at characters.
        let bytes = utf8
        guard let first = bytes.first, let last = bytes.last else { return self }
        if Self.isPlainEnd(first), Self.isPlainEnd(last), bytes.allSatisfy(Self.isAllowed) { return self }
        var kept = String.UnicodeScalarView()
        kept.append(contentsOf: unicodeScalars.filter { $0.value >= 0x20 || $0 == "\n" || $0 == "\t" || $0 == "\r" })
        let text = String(kept).drop { $0.isWhitespace }
        guard let end = text.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(text[...end])
    }

    /// A FHIR `code`: single blanks inside, none around.
    var collapsed: String {
        var previous: UInt8 = 0x20
        let isPlain = utf8.allSatisfy { byte in
            defer { previous = byte }
            return byte > 0x20 && byte < 0x7F || byte == 0x20 && previous != 0x20
        }
        if isPlain, previous != 0x20 { return self }
        return split { $0.isWhitespace }.joined(separator: " ").cleaned
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        byte >= 0x20 || byte == 0x0A || byte == 0x09 || byte == 0x0D
    }

    /// Beyond ASCII there are other blanks, which the slow way knows.
    private static func isPlainEnd(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7F }
}

extension StringProtocol {
    /// ASCII digits only; true for the empty text.
    var isDigits: Bool { utf8.allSatisfy { (0x30...0x39).contains($0) } }
}
