package import JSONTape

/// A literal reference to a resource of this server: `Type/id`.
package struct LocalReference: Hashable, Sendable, Comparable {
    package var typeName: String
    package var id: String

    package init(_ typeName: String, _ id: String) {
        self.typeName = typeName
        self.id = id
    }

    /// Reads `Type/id`, alone or at the end of an absolute address, with or without a version; nil for anything else.
    ///
    /// The base is not looked at, as the database's own guard does not either.
    package init?(_ text: String) {
        var parts = text.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count >= 4, parts[parts.count - 2] == "_history" { parts.removeLast(2) }
        guard parts.count >= 2, let id = parts.last, let typeName = parts.dropLast().last else { return nil }
        guard typeName.utf8.first.map({ (0x41...0x5A).contains($0) }) == true, !id.isEmpty, id.utf8.count <= 64,
            !id.utf8.contains(where: { $0 == 0x23 || $0 == 0x3F || $0 == 0x3A })
        else { return nil }
        self.init(String(typeName), String(id))
    }

    /// Reads the `reference` of a Reference.
    package init?(_ node: JSONNode?) {
        guard let text = node?["reference"]?.string else { return nil }
        self.init(text)
    }

    package var text: String { typeName + "/" + id }

    /// The Reference as JSON.
    package var json: [UInt8] {
        ResourceEdit.json { writer in
            writer.beginObject()
            writer.member("reference", text)
            writer.endObject()
        }
    }

    package static func < (left: LocalReference, right: LocalReference) -> Bool {
        (left.typeName, left.id) < (right.typeName, right.id)
    }
}
