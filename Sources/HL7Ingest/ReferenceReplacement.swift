import JSONTape

/// Points references of a mapped resource at resources that were there before.
enum ReferenceReplacement {
    /// `json` with each `reference` that is a key of `replacements` replaced by its value.
    static func apply(_ replacements: [String: String], to json: [UInt8]) throws -> [UInt8] {
        let document = try Document.parse(json)
        var writer = JSONWriter(reservingByteCount: json.count)
        write(document, Document.root, replacements, to: &writer)
        return writer.bytes
    }

    private static func write(
        _ document: Document, _ index: Document.Index, _ replacements: [String: String], to writer: inout JSONWriter
    ) {
        let end = document.next(index)
        var child = document.firstChild(index)
        switch document.kind(index) {
        case .object:
            writer.beginObject()
            while child < end {
                writer.key(raw: document.rawText(child))
                if document.isString(child, equalTo: "reference"), document.kind(child + 1) == .string,
                    let replacement = replacements[document.string(child + 1)]
                {
                    writer.string(replacement)
                } else {
                    write(document, child + 1, replacements, to: &writer)
                }
                child = document.next(child + 1)
            }
            writer.endObject()
        case .array:
            writer.beginArray()
            while child < end {
                write(document, child, replacements, to: &writer)
                child = document.next(child)
            }
            writer.endArray()
        default:
            writer.raw(document.source(index))
        }
    }
}
