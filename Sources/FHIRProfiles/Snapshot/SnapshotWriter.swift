import JSONTape

/// Writes trees as the element list of a snapshot.
enum SnapshotWriter {
    /// The definition as it is, with the tree as its snapshot, in front of the differential.
    static func definition(_ definition: JSONNode, tree: ElementNode) -> JSONNode {
        JSONNode.made { writer in
            writer.beginObject()
            var isWritten = false
            for (key, value) in definition.members where key != "snapshot" {
                if key == "differential" {
                    write(snapshot: tree, to: &writer)
                    isWritten = true
                }
                writer.key(named: key)
                writer.copy(value)
            }
            if !isWritten { write(snapshot: tree, to: &writer) }
            writer.endObject()
        }
    }

    private static func write(snapshot tree: ElementNode, to writer: inout JSONWriter) {
        writer.key("snapshot")
        writer.beginObject()
        writer.key("element")
        writer.beginArray()
        write(tree, id: "", path: "", to: &writer)
        writer.endArray()
        writer.endObject()
    }

    private static func write(_ node: ElementNode, id: String, path: String, to writer: inout JSONWriter) {
        let ownPath = path.isEmpty ? node.name : "\(path).\(node.name)"
        let ownID = (id.isEmpty ? node.name : "\(id).\(node.name)") + (node.sliceName.map { ":\($0)" } ?? "")
        writer.beginObject()
        writer.member("id", ownID)
        var isPlaced = false
        for (key, value) in node.element.members.sorted(by: { rank($0.key) < rank($1.key) }) {
            if !isPlaced, rank(key) > 0 {
                writePlace(node, ownPath, to: &writer)
                isPlaced = true
            }
            writer.key(named: key)
            writer.copy(value)
        }
        if !isPlaced { writePlace(node, ownPath, to: &writer) }
        writer.endObject()
        for child in node.children { write(child, id: ownID, path: ownPath, to: &writer) }
        for slice in node.slices { write(slice, id: id, path: path, to: &writer) }
    }

    private static func writePlace(_ node: ElementNode, _ path: String, to writer: inout JSONWriter) {
        writer.member("path", path)
        if let sliceName = node.sliceName { writer.member("sliceName", sliceName) }
    }

    /// Order of the members in R4 elementdefinition.html; id, path and slice name stand before what has a rank above 0.
    private static let order = [
        "extension", "modifierExtension", "representation", "sliceIsConstraining", "label", "code", "slicing", "short",
        "definition", "comment", "requirements", "alias", "min", "max", "base", "contentReference", "type",
        "defaultValue", "meaningWhenMissing", "orderMeaning", "fixed", "pattern", "example", "minValue", "maxValue",
        "maxLength", "condition", "constraint", "mustSupport", "isModifier", "isModifierReason", "isSummary",
        "binding", "mapping",
    ]

    private static func rank(_ key: String) -> Int {
        let name = key.hasPrefix("_") ? String(key.dropFirst()) : key
        if name == "extension" { return 0 }
        if let exact = order.firstIndex(of: name) { return exact }
        return order.firstIndex {
            ["defaultValue", "fixed", "pattern", "minValue", "maxValue"].contains($0)
                && name.hasPrefix($0)
        } ?? order.count
    }
}
