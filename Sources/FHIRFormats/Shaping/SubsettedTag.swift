package import JSONTape

/// The tag that marks resources of which an answer shows a part (R4 search.html#summary).
package enum SubsettedTag {
    package static let system: StaticString = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue"
    package static let code: StaticString = "SUBSETTED"

    /// Whether the resource at `index` says of itself that it is not all there.
    package static func marks(_ document: Document, _ index: Document.Index = Document.root) -> Bool {
        guard let meta = document.member("meta", of: index) else { return false }
        return isIn(document, meta)
    }

    /// Whether the tags of the `meta` at this index hold it.
    static func isIn(_ document: Document, _ meta: Document.Index) -> Bool {
        guard let tags = document.member("tag", of: meta), document.kind(tags) == .array else { return false }
        let end = document.next(tags)
        var tag = document.firstChild(tags)
        while tag < end {
            if let code = document.member("code", of: tag), document.isString(code, equalTo: Self.code),
                let system = document.member("system", of: tag), document.isString(system, equalTo: Self.system)
            {
                return true
            }
            tag = document.next(tag)
        }
        return false
    }

    /// Appends the tag as a Coding.
    package static func write(to output: inout JSONWriter) {
        output.beginObject()
        output.key("system")
        output.string(utf8: UnsafeBufferPointer(start: system.utf8Start, count: system.utf8CodeUnitCount))
        output.key("code")
        output.string(utf8: UnsafeBufferPointer(start: code.utf8Start, count: code.utf8CodeUnitCount))
        output.endObject()
    }
}
