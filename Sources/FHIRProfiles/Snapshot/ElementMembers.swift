package import JSONTape

/// The members of one ElementDefinition, but for its id, path and slice name, which come from its place in the tree.
package struct ElementMembers: Sendable {
    /// In the order of the text.
    package private(set) var members: [(key: String, value: JSONNode)] = []

    init() {}

    init(_ element: JSONNode) {
        for (key, value) in element.members where !Self.isPlace(key) { members.append((key, value)) }
    }

    /// Whether the member is worked out and not kept.
    static func isPlace(_ key: String) -> Bool { key == "id" || key == "path" || key == "sliceName" }

    /// The value of a member.
    package internal(set) subscript(key: String) -> JSONNode? {
        get { members.first { $0.key == key }?.value }
        set {
            let index = members.firstIndex { $0.key == key }
            switch (index, newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append((key, value))
            case (nil, nil): break
            }
        }
    }

    /// The first member whose name begins so: that of a choice, such as `fixed`.
    func choice(_ prefix: String) -> (key: String, value: JSONNode)? {
        members.first { $0.key.count > prefix.count && $0.key.hasPrefix(prefix) }
    }

    var min: Int? { self["min"]?.integer }
    var max: String? { self["max"]?.string }
    /// Greatest number as a number; nil for `*`, or where none is stated.
    var maxCount: Int? { max.flatMap { Int($0) } }
    var types: [JSONNode] { self["type"]?.items ?? [] }
    var typeCodes: [String] { types.compactMap { $0["code"]?.string } }
    var contentReference: String? { self["contentReference"]?.string }
    var slicing: JSONNode? { self["slicing"] }
}

extension JSONNode {
    /// A value made here. The text must be JSON.
    static func made(_ write: (inout JSONWriter) -> Void) -> JSONNode {
        var writer = JSONWriter()
        write(&writer)
        guard let document = try? Document.parse(writer.bytes) else {
            preconditionFailure("what a writer wrote of parsed values is JSON")
        }
        return JSONNode(document)
    }

    static func array(of items: [JSONNode]) -> JSONNode {
        made { writer in
            writer.beginArray()
            for item in items { writer.copy(item) }
            writer.endArray()
        }
    }

    /// Whether both are the same JSON, white space apart.
    func isSame(as other: JSONNode) -> Bool { compact == other.compact }

    private var compact: [UInt8] {
        var writer = JSONWriter()
        writer.copy(self)
        return writer.bytes
    }
}
