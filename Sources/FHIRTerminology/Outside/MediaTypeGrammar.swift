/// Media types: `text/plain`, `application/fhir+json; charset="utf-8"` (RFC 6838 §4.2, parameters by RFC 2045 §5.1).
enum MediaTypeGrammar {
    static func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var index = 0
        guard name(text, &index), accept(text, &index, "/"), name(text, &index) else { return false }
        while index < text.count {
            blanks(text, &index)
            guard accept(text, &index, ";") else { return false }
            blanks(text, &index)
            guard token(text, &index), accept(text, &index, "=") else { return false }
            guard token(text, &index) || quoted(text, &index) else { return false }
        }
        return true
    }

    /// R4's own names for its formats, which stand where media types stand
    /// (R4 capabilitystatement-definitions.html#CapabilityStatement.format: xml | json | ttl | mime type).
    static func isShortForm(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        text.elementsEqual("xml".utf8) || text.elementsEqual("json".utf8) || text.elementsEqual("ttl".utf8)
    }

    /// RFC 6838 §4.2 restricted-name: at most 127 signs, the first a letter or digit.
    private static func name(_ text: UnsafeBufferPointer<UInt8>, _ index: inout Int) -> Bool {
        let start = index
        while index < text.count, isNameSign(text[index]) { index += 1 }
        return index > start && index - start <= 127 && text[start].isLetterOrDigit
    }

    private static func isNameSign(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "&"), UInt8(ascii: "-"),
            UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "+"):
            true
        default: byte.isLetterOrDigit
        }
    }

    /// RFC 2045 §5.1: printable ASCII but blanks and tspecials.
    private static func token(_ text: UnsafeBufferPointer<UInt8>, _ index: inout Int) -> Bool {
        let start = index
        while index < text.count, isTokenSign(text[index]) { index += 1 }
        return index > start
    }

    private static func isTokenSign(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "@"),
            UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: ":"), UInt8(ascii: "\\"), UInt8(ascii: "\""),
            UInt8(ascii: "/"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "?"), UInt8(ascii: "="):
            false
        default: 0x21...0x7E ~= byte
        }
    }

    private static func quoted(_ text: UnsafeBufferPointer<UInt8>, _ index: inout Int) -> Bool {
        guard accept(text, &index, "\"") else { return false }
        while index < text.count {
            let byte = text[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\""): return true
            case UInt8(ascii: "\\"):
                guard index < text.count else { return false }
                index += 1
            case 0x09, 0x20...0x7E: break
            default: return false
            }
        }
        return false
    }

    private static func blanks(_ text: UnsafeBufferPointer<UInt8>, _ index: inout Int) {
        while index < text.count, text[index] == 0x20 || text[index] == 0x09 { index += 1 }
    }

    private static func accept(
        _ text: UnsafeBufferPointer<UInt8>, _ index: inout Int, _ sign: Unicode.Scalar
    ) -> Bool {
        guard index < text.count, text[index] == UInt8(ascii: sign) else { return false }
        index += 1
        return true
    }
}

extension UInt8 {
    var isLetter: Bool { (self | 0x20) &- UInt8(ascii: "a") < 26 }
    var isDigit: Bool { self &- UInt8(ascii: "0") < 10 }
    var isLetterOrDigit: Bool { isLetter || isDigit }
}
