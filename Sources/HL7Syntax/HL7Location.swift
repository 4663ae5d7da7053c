/// A place in a v2 message, 1-based as in the standard: `PID[1]-3[2].4.1`. HL7 v2.5.1 §2.15.4 (ERL).
package struct HL7Location: Sendable, Hashable {
    /// Three-letter segment name, such as `PID`.
    package var segment: String
    /// Which of the segments with that name, 1-based.
    package var sequence: Int
    package var field: Int?
    package var repetition: Int?
    package var component: Int?
    package var subcomponent: Int?

    package init(
        segment: String, sequence: Int = 1, field: Int? = nil, repetition: Int? = nil, component: Int? = nil,
        subcomponent: Int? = nil
    ) {
        self.segment = segment
        self.sequence = sequence
        self.field = field
        self.repetition = repetition
        self.component = component
        self.subcomponent = subcomponent
    }
}

extension HL7Location: CustomStringConvertible {
    /// The usual short spelling, `PID-3.4`; sequence and repetition appear only past the first.
    package var description: String {
        var text = segment
        if sequence > 1 { text += "[\(sequence)]" }
        guard let field else { return text }
        text += "-\(field)"
        if let repetition, repetition > 1 { text += "[\(repetition)]" }
        guard let component else { return text }
        text += ".\(component)"
        if let subcomponent { text += ".\(subcomponent)" }
        return text
    }
}
