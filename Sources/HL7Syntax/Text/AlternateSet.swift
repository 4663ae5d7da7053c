/// A character set that a sequence within the text switches to, until the next such sequence or the end of the
/// component. HL7 v2.5.1 §2.7.3: `\C` names a set of one byte a character, `\M` one of several, by the end of the
/// escape sequence that ISO 2022 has for it.
struct AlternateSet {
    /// `nil`: back to ASCII.
    private let charset: Charset?
    /// What ISO 2022 writes in front of the bytes; empty for sets of one byte.
    private let shift: [UInt8]

    private static let sets: [String: (charset: Charset?, shift: [UInt8])] = [
        "C2842": (nil, []), "C284A": (nil, []), "C2949": (.jisX0201, []),
        "C2D41": (.latin1, []), "C2D42": (.other("ISO-8859-2"), []), "C2D43": (.other("ISO-8859-3"), []),
        "C2D44": (.other("ISO-8859-4"), []), "C2D4C": (.other("ISO-8859-5"), []), "C2D47": (.other("ISO-8859-6"), []),
        "C2D46": (.other("ISO-8859-7"), []), "C2D48": (.other("ISO-8859-8"), []), "C2D4D": (.other("ISO-8859-9"), []),
        "C2D62": (.other("ISO-8859-15"), []),
        "M2442": (.other("ISO-2022-JP"), [0x1B, 0x24, 0x42]),
        "M242844": (.other("ISO-2022-JP-2"), [0x1B, 0x24, 0x28, 0x44]),
    ]

    /// - Parameter body: what stands between the escape characters; `nil` when it names no set known here.
    init?(_ body: ArraySlice<UInt8>) {
        guard body.count >= 5, body.first == UInt8(ascii: "C") || body.first == UInt8(ascii: "M"),
            let set = Self.sets[String(decoding: body, as: UTF8.self).uppercased()]
        else { return nil }
        (charset, shift) = set
    }

    /// Appends as UTF-8 the text that is in this set, and returns where it ends.
    /// - Parameters:
    ///   - rest: what follows the sequence, as read in the message's own set.
    ///   - own: that set, which turns the text back into the bytes that were sent.
    /// - Returns: `nil` when the bytes do not belong to the set; then the sequence stays in the text.
    func append(_ rest: ArraySlice<UInt8>, _ escape: UInt8, _ own: Charset, to output: inout [UInt8]) -> Int? {
        guard let charset else { return rest.startIndex }
        let end = Self.end(of: rest, escape)
        guard let sent = own.encode(Array(rest[..<end])) else { return nil }
        // Sent in the left half of the code table or in the right one; the shift is for the left.
        let bytes = shift.isEmpty ? sent : shift + sent.map { $0 & 0x7F } + [0x1B, 0x28, 0x42]
        guard own != .utf8 || sent.isASCII, let text = charset.decode(bytes) else { return nil }
        output += text
        return end
    }

    /// The next sequence of any kind. Two bytes to a character may hold the escape character, so it must look like one.
    private static func end(of rest: ArraySlice<UInt8>, _ escape: UInt8) -> Int {
        var position = rest.startIndex
        while let found = rest[position...].firstIndex(of: escape) {
            if let close = rest[(found + 1)...].firstIndex(of: escape), (1...8).contains(close - found - 1),
                rest[(found + 1)..<close].allSatisfy(\.isCapitalOrDigit)
            {
                return found
            }
            position = found + 1
        }
        return rest.endIndex
    }
}
