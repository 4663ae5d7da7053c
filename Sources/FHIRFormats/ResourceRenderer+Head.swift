import FHIRDefinitions
import JSONTape

/// `id` and `meta` of an answer, where the server has a part in them.
extension ResourceRenderer {
    /// What is written in place of a resource's own `id` and `meta`.
    struct Head {
        /// Nil to leave id, version and time as they are.
        var stamp: VersionStamp?
        /// Whether the tag SUBSETTED is added.
        var isSubset: Bool
    }

    func writeHead(
        _ head: Head, _ document: Document, _ index: Document.Index, scratch: inout Scratch,
        to output: inout JSONWriter
    ) {
        if let stamp = head.stamp {
            output.member("id", stamp.id)
        } else if let id = document.member("id", of: index) {
            output.key("id")
            output.raw(document.source(id))
        }
        output.key("meta")
        output.beginObject()
        let meta = document.member("meta", of: index).flatMap { document.kind($0) == .object ? $0 : nil }
        // R4 resource.html#Meta: id and extension come before versionId, everything else behind lastUpdated.
        if let stamp = head.stamp {
            copyMeta(document, meta, scratch: &scratch, to: &output) { document, key in Self.isFirst(document, key) }
            output.key("versionId")
            output.string(String(stamp.version))
            output.key("lastUpdated")
            stamp.updated.utf8.withUnsafeBufferPointer { output.string(utf8: $0) }
        }
        copyMeta(document, meta, scratch: &scratch, to: &output) { document, key in
            if head.isSubset, document.isString(key, equalTo: "tag") { return false }
            guard head.stamp != nil else { return true }
            return
                !(Self.isFirst(document, key) || document.isString(key, equalTo: "versionId")
                || document.isString(key, equalTo: "lastUpdated"))
        }
        // The last element of Meta.
        if head.isSubset { writeTags(document, meta, scratch: &scratch, to: &output) }
        output.endObject()
    }

    private static func isFirst(_ document: Document, _ key: Document.Index) -> Bool {
        document.isString(key, equalTo: "id") || document.isString(key, equalTo: "extension")
    }

    private func copyMeta(
        _ document: Document, _ meta: Document.Index?, scratch: inout Scratch, to output: inout JSONWriter,
        where isWanted: (Document, Document.Index) -> Bool
    ) {
        guard let meta else { return }
        let first = scratch.members.count
        collectMembers(
            document, meta, type: metaType, filter: nil, isResource: false, hasHead: false, into: &scratch)
        for position in first..<scratch.members.count {
            let key = Int(scratch.members[position] & 0xFF_FFFF_FFFF)
            guard isWanted(document, key) else { continue }
            output.key(raw: document.rawText(key))
            renderMember(document, key, type: metaType, filter: nil, scratch: &scratch, to: &output)
        }
        scratch.members.removeSubrange(first...)
    }

    /// The resource's own tags, then SUBSETTED.
    private func writeTags(
        _ document: Document, _ meta: Document.Index?, scratch: inout Scratch, to output: inout JSONWriter
    ) {
        output.key("tag")
        output.beginArray()
        if let tags = meta.flatMap({ document.member("tag", of: $0) }), document.kind(tags) == .array {
            let end = document.next(tags)
            var tag = document.firstChild(tags)
            while tag < end {
                output.copy(document, tag)
                tag = document.next(tag)
            }
        }
        if !(meta.map { SubsettedTag.isIn(document, $0) } ?? false) { SubsettedTag.write(to: &output) }
        output.endArray()
    }
}
