import FHIRDefinitions
import JSONTape

/// A reference that only the transaction can resolve.
struct OpenReference: Sendable {
    /// Position of the entry in the bundle.
    var position: Int
    /// Its text, on the tape of the entry's resource.
    var value: Document.Index
    var text: String
    /// Whether it is `Type?criteria` (R4 http.html#trules, conditional references); else a `urn:` that an entry must
    /// have.
    var isConditional: Bool
}

/// Finds the references of a bundle that only the transaction can resolve, by one pass over the tape of each resource.
///
/// The pass looks for the property `reference` with a string as its value wherever it stands: in R4 only Reference has
/// such a property. A value of another property that happens to be the word `reference` does no harm, because what
/// follows it is a property's name, which is no such text.
struct ReferenceScan {
    private(set) var found: [OpenReference] = []

    mutating func read(_ resource: ResourceInput, at position: Int) {
        let document = resource.document
        let end = document.next(resource.index)
        var index = resource.index
        while index < end {
            switch document.kind(index) {
            case .object, .array:
                index += 2
                continue
            case .string where document.isString(index, equalTo: "reference"):
                let value = index + 1
                if value < end, document.kind(value) == .string || document.kind(value) == .escapedString {
                    note(document, value, position)
                }
            default: break
            }
            index += 1
        }
    }

    private mutating func note(_ document: Document, _ value: Document.Index, _ position: Int) {
        let bytes = document.rawText(value)
        guard let first = bytes.first else { return }
        let isConditional: Bool
        if first &- UInt8(ascii: "A") < 26 {
            guard let mark = bytes.firstIndex(of: UInt8(ascii: "?")),
                bytes[..<mark].allSatisfy({ ($0 | 0x20) &- UInt8(ascii: "a") < 26 })
            else { return }
            isConditional = true
        } else {
            guard bytes.starts(with: Self.uuid) || bytes.starts(with: Self.oid) else { return }
            isConditional = false
        }
        found.append(
            OpenReference(
                position: position, value: value, text: document.string(value), isConditional: isConditional))
    }

    private static let uuid = Array("urn:uuid:".utf8)
    private static let oid = Array("urn:oid:".utf8)
}

extension OpenReference {
    /// FHIRPath of the reference in its bundle.
    func expression(in bundle: RequestBundle) -> String {
        let entry = bundle.entries[position]
        guard let resource = entry.resource else { return entry.expression("resource") }
        return entry.expression("resource") + Self.path(of: value, in: resource.document, from: resource.index)
    }

    /// `.subject.reference`, `.participant[1].individual.reference`: from `root` down to `target`.
    private static func path(of target: Document.Index, in document: Document, from root: Document.Index) -> String {
        var path = ""
        var index = root
        while index != target {
            let isObject = document.kind(index) == .object
            let end = document.next(index)
            var child = document.firstChild(index)
            var number = 0
            while child < end {
                let value = isObject ? child + 1 : child
                let next = document.next(value)
                if target < next {
                    path += isObject ? ".\(document.string(child))" : "[\(number)]"
                    index = value
                    break
                }
                child = next
                number += 1
            }
            if child >= end { return path }
        }
        return path
    }
}
