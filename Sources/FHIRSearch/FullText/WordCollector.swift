import FHIRDefinitions
import JSONTape

/// Gathers the words of a resource for full-text search: what people wrote and the codes of Codings.
///
/// That is every string, markdown and narrative, those of contained resources included. Links, systems, dates, ids and
/// encoded data are not words. Strings that repeat, as displays and texts do, count once.
struct WordCollector {
    /// Greatest length of the words together, in bytes: PostgreSQL refuses to index texts of about a megabyte.
    static let maximumByteCount = 100_000

    private let document: Document
    private let definitions: FHIRDefinitions
    private let types: WordTypes
    private var output: [UInt8] = []
    private var narrative: [UInt8] = []
    private var seen: Set<UInt64> = []

    /// Words separated by blanks; those of the resource's own narrative stand behind a line feed. Nil without any.
    static func collect(
        _ document: Document, _ root: Document.Index, type: TypeID, definitions: FHIRDefinitions, types: WordTypes
    ) -> [UInt8]? {
        var collector = WordCollector(document: document, definitions: definitions, types: types)
        collector.walk(root, type, depth: 0)
        if collector.narrative.isEmpty { return collector.output.isEmpty ? nil : collector.output }
        return collector.output + [UInt8(ascii: "\n")] + collector.narrative
    }

    private init(document: Document, definitions: FHIRDefinitions, types: WordTypes) {
        self.document = document
        self.definitions = definitions
        self.types = types
    }

    private mutating func walk(_ object: Document.Index, _ type: TypeID, depth: Int) {
        let end = document.next(object)
        var key = document.firstChild(object)
        while key < end {
            let value = key &+ 1
            key = document.next(value)
            switch document.kind(value) {
            case .object, .array, .string, .escapedString: break
            default: continue
            }
            let name = document.rawText(value &- 1)
            guard let property = definitions.property(name, of: type), !property.isCompanion else { continue }
            visit(value, property.type, name, owner: type, depth: depth)
        }
    }

    private mutating func visit(
        _ value: Document.Index, _ type: TypeID, _ name: UnsafeBufferPointer<UInt8>, owner: TypeID, depth: Int
    ) {
        switch document.kind(value) {
        case .object:
            let actual = document.member("resourceType", of: value).flatMap { member in
                document.withString(member) { definitions.resourceType(utf8: $0) }
            }
            walk(value, actual ?? type, depth: depth + 1)
        case .array:
            let end = document.next(value)
            var item = document.firstChild(value)
            while item < end {
                visit(item, type, name, owner: owner, depth: depth)
                item = document.next(item)
            }
        case .string, .escapedString:
            // A copy, because the closures change the collector while the document is read.
            let document = document
            switch types.role(of: type, name, owner: owner) {
            case .none: return
            case .text: document.withString(value) { append($0) }
            case .markup:
                let text = document.withString(value) { WordText.withoutMarkup($0) }
                text.withUnsafeBufferPointer { depth == 1 ? appendNarrative($0) : append($0) }
            }
        default: return
        }
    }

    private mutating func append(_ text: UnsafeBufferPointer<UInt8>) {
        guard seen.insert(XXHash64.hash(text)).inserted else { return }
        Self.append(WordText.words(text), to: &output, room: Self.maximumByteCount - narrative.count)
    }

    private mutating func appendNarrative(_ text: UnsafeBufferPointer<UInt8>) {
        Self.append(WordText.words(text), to: &narrative, room: Self.maximumByteCount - output.count)
    }

    private static func append(_ words: [ArraySlice<UInt8>], to output: inout [UInt8], room: Int) {
        for word in words {
            guard output.count + word.count < room else { return }
            if !output.isEmpty { output.append(0x20) }
            output += word
        }
    }
}

/// Which elements hold words.
struct WordTypes: Sendable {
    enum Role { case none, text, markup }

    private let string: TypeID?
    private let markdown: TypeID?
    private let xhtml: TypeID?
    private let code: TypeID?
    private let coding: TypeID?
    private let reference: TypeID?

    init(definitions: FHIRDefinitions) {
        string = definitions.type(named: "string")
        markdown = definitions.type(named: "markdown")
        xhtml = definitions.type(named: "xhtml")
        code = definitions.type(named: "code")
        coding = definitions.type(named: "Coding")
        reference = definitions.type(named: "Reference")
    }

    func role(of type: TypeID, _ name: UnsafeBufferPointer<UInt8>, owner: TypeID) -> Role {
        if type == string {
            // Both are strings to the standard, and links to people.
            if name.elementsEqual("id".utf8) || owner == reference && name.elementsEqual("reference".utf8) {
                return .none
            }
            return .text
        }
        if type == markdown { return .text }
        if type == xhtml { return .markup }
        return type == code && owner == coding ? .text : .none
    }
}
