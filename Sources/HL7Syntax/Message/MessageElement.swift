/// What field, repetition, component and subcomponent have in common: a range of the message's text.
package protocol MessageElement: Sendable {
    var message: RawMessage { get }
    /// Offsets into `message.text`.
    var range: Range<Int> { get }
    /// How far down a place in it is told: 1 field, 2 repetition, 3 component, 4 subcomponent.
    static var depth: Int { get }
}

extension MessageElement {
    /// The bytes as sent (UTF-8), escapes and lower separators included.
    package var raw: ArraySlice<UInt8> { message.text[range] }

    /// Not sent, or sent with nothing in it: leave the stored value alone.
    package var isEmpty: Bool { range.isEmpty }

    /// `""`: delete the stored value. HL7 v2.5.1 §2.5.3.
    package var isNull: Bool { range.count == 2 && raw.elementsEqual([0x22, 0x22]) }

    /// Neither empty nor null.
    package var isValued: Bool { !isEmpty && !isNull }

    /// The text with escapes resolved. Lower separators stay in it; ask for a component to be rid of them.
    package var string: String {
        if range.lowerBound < message.literalEnd { return String(decoding: raw, as: UTF8.self) }
        return Unescaping.string(raw, delimiters: message.delimiters, charset: message.decoding.charset)
    }

    /// Where this is, down to the component or subcomponent, for errors and acknowledgements. Only what was sent has
    /// a place of its own.
    package var place: HL7Location? { isEmpty ? nil : message.location(of: range, depth: Self.depth) }

    /// `string`, or `nil` when empty or null.
    package var value: String? { isValued ? string : nil }
}

/// A field with its repetitions.
package struct Field: MessageElement {
    package static let depth = 1
    package let message: RawMessage
    package let range: Range<Int>
    let segment: Int?
    /// 1-based number in its segment.
    package let number: Int

    /// At least one, which may be empty.
    package var repetitions: [Repetition] {
        message.parts(of: range, separator: message.delimiters.repetition)
            .map { Repetition(message: message, range: $0) }
    }

    /// Repetition `number`, 1-based; empty when there are fewer.
    package subscript(repetition number: Int) -> Repetition {
        let part = message.part(number, of: range, separator: message.delimiters.repetition)
        return Repetition(message: message, range: part)
    }

    /// Component `number` of the first repetition.
    package subscript(component number: Int) -> Component { self[repetition: 1][component: number] }

    /// Where this field is, for errors and acknowledgements.
    package var location: HL7Location? {
        segment.map { index in
            let owner = Segment(message: message, index: index)
            return HL7Location(segment: owner.name, sequence: owner.sequence, field: number)
        }
    }
}

/// One repetition of a field.
package struct Repetition: MessageElement {
    package static let depth = 2
    package let message: RawMessage
    package let range: Range<Int>

    /// At least one, which may be empty.
    package var components: [Component] {
        message.parts(of: range, separator: message.delimiters.component)
            .map { Component(message: message, range: $0) }
    }

    /// Component `number`, 1-based; empty when there are fewer.
    package subscript(component number: Int) -> Component {
        let part = message.part(number, of: range, separator: message.delimiters.component)
        return Component(message: message, range: part)
    }
}

/// One component of a repetition.
package struct Component: MessageElement {
    package static let depth = 3
    package let message: RawMessage
    package let range: Range<Int>

    /// At least one, which may be empty.
    package var subcomponents: [Subcomponent] {
        message.parts(of: range, separator: message.delimiters.subcomponent)
            .map { Subcomponent(message: message, range: $0) }
    }

    /// Subcomponent `number`, 1-based; empty when there are fewer.
    package subscript(subcomponent number: Int) -> Subcomponent {
        let part = message.part(number, of: range, separator: message.delimiters.subcomponent)
        return Subcomponent(message: message, range: part)
    }
}

/// One subcomponent of a component; nothing lies below it.
package struct Subcomponent: MessageElement {
    package static let depth = 4
    package let message: RawMessage
    package let range: Range<Int>
}
