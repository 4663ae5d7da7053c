import UCUM

/// Code systems without end, whose codes are told by how they are made.
package enum CodeGrammar: UInt8, Hashable, Sendable, CaseIterable {
    /// BCP 13: media types, with parameters or without.
    case mediaType
    /// BCP 47: language tags.
    case languageTag
    /// UCUM: units.
    case unit

    /// Nil for a system that none of these grammars tells.
    package init?(system: String) {
        guard let found = Self.allCases.first(where: { $0.system == system }) else { return nil }
        self = found
    }

    /// The URL of the code system.
    package var system: String {
        switch self {
        case .mediaType: "urn:ietf:bcp:13"
        case .languageTag: "urn:ietf:bcp:47"
        case .unit: UCUM.system
        }
    }

    /// Whether a text is a code; nil where that is too much to work out.
    package func accepts(_ code: UnsafeBufferPointer<UInt8>) -> Bool? {
        switch self {
        case .mediaType: return MediaTypeGrammar.matches(code)
        case .languageTag: return LanguageTagGrammar.matches(code)
        case .unit: return Self.accepts(unit: String(decoding: code, as: UTF8.self))
        }
    }

    /// The same for a string.
    package func accepts(_ code: String) -> Bool? {
        var code = code
        return code.withUTF8 { accepts($0) }
    }

    /// Whether a unit compares with another one (R4 ucum.html, filter `canonical`).
    func isComparable(_ code: String, with unit: String) -> Bool { Self.units.comparable(code, unit) }

    /// A number of one unit in another; nil where they do not convert, or where one of them is no unit.
    package static func convert(_ value: String, from unit: String, to other: String) -> String? {
        units.convert(value: value, from: unit, to: other)
    }

    private static func accepts(unit: String) -> Bool? {
        do {
            _ = try units.unit(unit)
            return true
        } catch {
            return error.code == .tooComplex ? nil : false
        }
    }

    private static let units = UCUM()
}
