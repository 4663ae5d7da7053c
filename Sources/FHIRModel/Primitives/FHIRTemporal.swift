package import JSONTape

/// A date or time that keeps its text. Equal when the texts are: precision and zone are part of the value.
package protocol FHIRTemporal: FHIRModelType, FHIRCodableByJSON, CustomStringConvertible, LosslessStringConvertible {
    var text: String { get }
    var parts: TemporalParts { get }
    init(text: String, parts: TemporalParts)
    static func parse(_ scanner: inout TemporalScanner) -> Bool
}

extension FHIRTemporal {
    /// Reads the text; nil if it is not of the type's form or names no day of the calendar.
    package init?(_ text: String) {
        var scanner = TemporalScanner(text)
        guard Self.parse(&scanner), scanner.isAtEnd else { return nil }
        self.init(text: text, parts: scanner.parts)
    }

    package init(from node: JSONNode) throws(FHIRModelError) {
        guard let text = node.string else { throw FHIRModelError(.wrongKind) }
        guard let value = Self(text) else { throw FHIRModelError(.invalidValue) }
        self = value
    }

    package func write(to writer: inout JSONWriter) { writer.string(text) }
    package static var isPrimitive: Bool { true }
    package var description: String { text }
    package static func == (left: Self, right: Self) -> Bool { left.text == right.text }
    package func hash(into hasher: inout Hasher) { hasher.combine(text) }
}
