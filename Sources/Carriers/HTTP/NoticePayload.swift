import JSONTape

/// A notice as the JSON that a provider wants: a text in which `{{id}}`, `{{to}}`, `{{subject}}` and `{{text}}` stand,
/// within strings, for what the notice has.
package struct NoticePayload: Sendable, Hashable {
    /// `{"id":"…","to":"…","subject":"…","text":"…"}`
    package static let standard = NoticePayload(
        pieces: [
            .literal(#"{"id":""#), .id, .literal(#"","to":""#), .recipient, .literal(#"","subject":""#), .subject,
            .literal(#"","text":""#), .text, .literal(#""}"#),
        ])

    private enum Piece: Sendable, Hashable {
        case literal(String)
        case id
        case recipient
        case subject
        case text
    }

    private let pieces: [Piece]

    private init(pieces: [Piece]) { self.pieces = pieces }

    /// - Parameter template: as in `{"from":"Clinic","messages":[{"number":"{{to}}","body":"{{text}}"}]}`.
    ///
    /// Throws `CarrierError.Code.invalid` for a template that does not become JSON, or names something else in braces.
    package init(template: String) throws(CarrierError) {
        let invalid = CarrierError(
            .invalid, "the template is no JSON with {{id}}, {{to}}, {{subject}} and {{text}} in it")
        var pieces: [Piece] = []
        var rest = template[...]
        while let open = rest.firstRange(of: "{{") {
            pieces.append(.literal(String(rest[..<open.lowerBound])))
            guard let close = rest[open.upperBound...].firstRange(of: "}}") else { throw invalid }
            switch rest[open.upperBound..<close.lowerBound] {
            case "id": pieces.append(.id)
            case "to": pieces.append(.recipient)
            case "subject": pieces.append(.subject)
            case "text": pieces.append(.text)
            default: throw invalid
            }
            rest = rest[close.upperBound...]
        }
        pieces.append(.literal(String(rest)))
        self.pieces = pieces
        // A quotation mark shows whether each stands within a string.
        let sample = Notice(id: "1", recipient: "\"", subject: "\"", text: "\"", createdSeconds: 0)
        guard (try? Document.parse(body(sample))) != nil else { throw invalid }
    }

    func body(_ notice: Notice) -> [UInt8] {
        var bytes: [UInt8] = []
        for piece in pieces {
            switch piece {
            case .literal(let text): bytes += text.utf8
            case .id: bytes += Self.escaped(notice.id)
            case .recipient: bytes += Self.escaped(notice.recipient)
            case .subject: bytes += Self.escaped(notice.subject)
            case .text: bytes += Self.escaped(notice.text)
            }
        }
        return bytes
    }

    /// The inside of a JSON string.
    private static func escaped(_ text: String) -> ArraySlice<UInt8> {
        var writer = JSONWriter()
        writer.string(text)
        return writer.bytes.dropFirst().dropLast()
    }
}
