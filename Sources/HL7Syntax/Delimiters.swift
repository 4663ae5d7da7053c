/// The separators a message declares for itself in MSH-1 and MSH-2. HL7 v2.5.1 §2.5.4.
///
///     MSH|^~\&#|
///        │││││└ truncation (2.7)   any but the field separator may be missing from the end;
///        ││││└─ subcomponent       what is missing does not separate
///        │││└── escape
///        ││└─── repetition
///        │└──── component
///        └───── field
package struct Delimiters: Sendable, Hashable {
    package let field: UInt8
    package let component: UInt8?
    package let repetition: UInt8?
    package let escape: UInt8?
    package let subcomponent: UInt8?
    package let truncation: UInt8?

    /// `|^~\&`, what nearly every sender uses and what messages written here use.
    package static let standard = Delimiters()

    private init() {
        field = UInt8(ascii: "|")
        component = UInt8(ascii: "^")
        repetition = UInt8(ascii: "~")
        escape = UInt8(ascii: "\\")
        subcomponent = UInt8(ascii: "&")
        truncation = nil
    }

    /// Takes MSH-1 and the bytes of MSH-2.
    /// - Throws: `delimitersInvalid` when one is not a punctuation mark or two are equal.
    package init(field: UInt8, encodingCharacters: some Collection<UInt8>) throws(HL7SyntaxError) {
        if field == Self.standard.field, encodingCharacters.elementsEqual(Self.standardMarks) {
            self = .standard
            return
        }
        let marks = Array(encodingCharacters)
        guard Self.isMark(field) else {
            throw Self.fault(field: 1, "the field separator is not a punctuation mark")
        }
        guard (1...5).contains(marks.count), marks.allSatisfy(Self.isMark) else {
            throw Self.fault(field: 2, "one to five punctuation marks are expected")
        }
        guard Set(marks + [field]).count == marks.count + 1 else {
            throw Self.fault(field: 2, "two separators are equal")
        }
        self.field = field
        component = marks[0]
        repetition = marks.count > 1 ? marks[1] : nil
        escape = marks.count > 2 ? marks[2] : nil
        subcomponent = marks.count > 3 ? marks[3] : nil
        truncation = marks.count > 4 ? marks[4] : nil
    }

    private static let standardMarks = Array("^~\\&".utf8)

    /// These separators with the usual ones in place of all but `field`, to answer a header whose MSH-2 is useless.
    package static func standard(field: UInt8) -> Delimiters? {
        try? Delimiters(field: field, encodingCharacters: standardMarks)
    }

    /// MSH-2 as it is written.
    package var encodingCharacters: [UInt8] {
        [component, repetition, escape, subcomponent, truncation].compactMap { $0 }
    }

    /// Letters and digits would make plain words into structure; blanks, controls and non-ASCII never separate.
    private static func isMark(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
        default: false
        }
    }

    private static func fault(field: Int, _ message: String) -> HL7SyntaxError {
        HL7SyntaxError(.delimitersInvalid, at: HL7Location(segment: "MSH", field: field), message: message)
    }
}
