import FHIRDefinitions
import FHIRTerminology

/// What codes an element takes, as far as it can be told here.
struct BindingRule {
    enum Codes {
        case valueSet(ValueSetID)
        /// MIME types (BCP 13), language tags (BCP 47), currencies (ISO 4217).
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

/// Codes whose systems are grammars, or lists that R4 does not print: terminology knows them
/// (R4 valueset-mimetypes.html, valueset-all-languages.html, valueset-currencies.html).
enum CodeForm {
    /// Parameters are let pass as they are: those of signatures hold URLs without quotes (R4 json.html#canonical).
    static func isMIMEType(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        let end = text.firstIndex { $0 == UInt8(ascii: ";") || $0 == 0x20 } ?? text.count
        return isMember(UnsafeBufferPointer(rebasing: text[..<end]), of: mimeTypes)
    }

    static func isLanguage(_ text: UnsafeBufferPointer<UInt8>) -> Bool { isMember(text, of: languages) }
    static func isCurrency(_ text: UnsafeBufferPointer<UInt8>) -> Bool { isMember(text, of: currencies) }

    private static let mimeTypes = StandardCodes.r4.valueSet("http://hl7.org/fhir/ValueSet/mimetypes")
    private static let languages = StandardCodes.r4.valueSet("http://hl7.org/fhir/ValueSet/all-languages")
    private static let currencies = StandardCodes.r4.valueSet("http://hl7.org/fhir/ValueSet/currencies")

    private static func isMember(_ text: UnsafeBufferPointer<UInt8>, of set: StandardCodes.ValueSet?) -> Bool {
        guard let set else { return true }
        return StandardCodes.r4.membership(text, in: set) != .absent
    }
}
