import FHIRDefinitions

/// What codes an element takes, as far as it can be told here.
struct BindingRule {
    enum Codes {
        case valueSet(ValueSetID)
        /// MIME types (BCP 13), language tags (BCP 47), currencies (ISO 4217): judged by their form.
        case mimeType, language, currency
    }

    var codes: Codes
    /// Whether a code outside is an error; else it is a warning.
    var isRequired: Bool

    /// Nil where any code will do, or where nobody here knows the codes.
    init?(_ binding: Binding, _ definitions: FHIRDefinitions) {
        // The maximum value set holds whatever the strength of the binding itself.
        if let maximum = binding.maximumValueSet, let codes = Codes(maximum, definitions) {
            self.codes = codes
            isRequired = true
            return
        }
        guard binding.strength == .required || binding.strength == .extensible,
            let codes = Codes(binding.valueSet, definitions)
        else { return nil }
        self.codes = codes
        isRequired = binding.strength == .required
    }
}

extension BindingRule.Codes {
    init?(_ url: String, _ definitions: FHIRDefinitions) {
        switch url {
        case "http://hl7.org/fhir/ValueSet/mimetypes", "http://www.rfc-editor.org/bcp/bcp13.txt": self = .mimeType
        case "http://hl7.org/fhir/ValueSet/all-languages": self = .language
        case "http://hl7.org/fhir/ValueSet/currencies": self = .currency
        default:
            guard let valueSet = definitions.valueSet(url) else { return nil }
            self = .valueSet(valueSet)
        }
    }
}

/// Codes whose systems are grammars, or lists that R4 does not print.
enum CodeForm {
    /// `type/subtype`, perhaps with parameters (BCP 13), or one of the short names that R4 itself uses for its own
    /// formats (R4 valueset-mimetypes.html, http.html#mime-type).
    static func isMIMEType(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let slash = text.firstIndex(of: UInt8(ascii: "/")) else {
            return equals(text, "xml") || equals(text, "json") || equals(text, "ttl")
        }
        let end = text[slash...].firstIndex { $0 == UInt8(ascii: ";") || $0 == 0x20 } ?? text.count
        return slash > 0 && end > slash + 1 && text[..<slash].allSatisfy(isToken)
            && text[(slash + 1)..<end].allSatisfy(isToken)
    }

    /// `de-CH`, `zh-Hans`: subtags of one to eight letters and digits, the first of letters only (RFC 5646 §2.1).
    static func isLanguage(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var length = 0
        var isFirst = true
        for byte in text {
            if byte == UInt8(ascii: "-") {
                guard length > 0, !isFirst || length >= 2 || isSingleton(text[0]) else { return false }
                isFirst = false
                length = 0
                continue
            }
            length += 1
            let isLetter = (byte | 0x20) &- UInt8(ascii: "a") < 26
            guard length <= 8, isLetter || !isFirst && byte &- UInt8(ascii: "0") < 10 else { return false }
        }
        return length > 0 && (!isFirst || length >= 2)
    }

    /// Three capital letters (ISO 4217).
    static func isCurrency(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        text.count == 3 && text.allSatisfy { $0 &- UInt8(ascii: "A") < 26 }
    }

    /// `x-…` and `i-…`.
    private static func isSingleton(_ byte: UInt8) -> Bool {
        byte | 0x20 == UInt8(ascii: "x") || byte | 0x20 == UInt8(ascii: "i")
    }

    /// RFC 2045 §5.1.
    private static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case 0...0x20, 0x7F...: false
        case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "@"),
            UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: ":"), UInt8(ascii: "\\"), UInt8(ascii: "\""),
            UInt8(ascii: "/"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "?"), UInt8(ascii: "="):
            false
        default: true
        }
    }

    private static func equals(_ text: UnsafeBufferPointer<UInt8>, _ word: StaticString) -> Bool {
        text.elementsEqual(UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
    }
}
