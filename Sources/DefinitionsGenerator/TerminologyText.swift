import JSONTape

/// The package's code systems, value sets and concept maps as lines: type, URL, JSON of what servers need of them.
struct TerminologyText {
    let package: CorePackage

    private static let members: [(type: String, members: Set<String>)] = [
        (
            "CodeSystem",
            [
                "resourceType", "url", "version", "name", "title", "status", "language", "caseSensitive",
                "hierarchyMeaning", "content", "property", "concept",
            ]
        ),
        (
            "ConceptMap",
            [
                "resourceType", "url", "version", "name", "title", "status", "sourceUri", "sourceCanonical",
                "targetUri", "targetCanonical", "group",
            ]
        ),
        ("ValueSet", ["resourceType", "url", "version", "name", "title", "status", "compose"]),
    ]

    /// Words for people and what extensions say.
    private static let left: Set<String> = [
        "extension", "modifierExtension", "definition", "description", "text", "id", "comment",
    ]

    var lines: [String] {
        Self.members.flatMap { type, members in
            package.all(type).filter(Self.isUseful).compactMap { node -> (url: String, json: String)? in
                guard let url = node["url"]?.string else { return nil }
                var writer = JSONWriter()
                write(node, only: members, to: &writer)
                return (url, String(decoding: writer.bytes, as: UTF8.self))
            }
            .sorted { $0.url < $1.url }.map { "\(type)\t\($0.url)\t\($0.json)\n" }
        }
    }

    /// Whether there is something in it that can be asked for.
    private static func isUseful(_ node: JSONNode) -> Bool {
        switch node["resourceType"]?.string {
        case "CodeSystem": node["content"]?.string == "complete" && node["concept"] != nil
        case "ConceptMap": node["group"] != nil
        default: node["compose"] != nil
        }
    }

    private func write(_ node: JSONNode, only members: Set<String>? = nil, to writer: inout JSONWriter) {
        if node.isArray {
            writer.beginArray()
            for item in node.elements where !Self.isDate(item) { write(item, to: &writer) }
            writer.endArray()
        } else if node.isObject {
            writer.beginObject()
            for (key, value) in node.members where members?.contains(key) ?? !Self.left.contains(key) {
                guard !key.hasPrefix("_") else { continue }
                writer.key(named: key)
                write(value, to: &writer)
            }
            writer.endObject()
        } else {
            writer.copy(node)
        }
    }

    /// When a code of version 2 was deprecated: a tenth of the text, of use to nobody here.
    private static func isDate(_ node: JSONNode) -> Bool {
        node["code"]?.string == "deprecationDate" && (node["valueString"] != nil || node["valueDateTime"] != nil)
    }
}
