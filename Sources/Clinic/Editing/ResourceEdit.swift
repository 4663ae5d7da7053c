package import JSONTape

/// A resource, or any JSON object, with some of its members replaced: how workflows change what is stored.
///
/// What is not touched is copied as it was, so that decimals keep their digits and extensions stay.
package struct ResourceEdit: Sendable {
    private let node: JSONNode?
    private var changes: [(name: String, json: [UInt8]?)] = []

    /// - Parameter node: the object to change; nil to begin with an empty one.
    package init(_ node: JSONNode?) { self.node = node }

    /// Puts a value, given as JSON, in place of the member's, or adds the member.
    package mutating func set(_ name: String, json: [UInt8]) { change(name, json) }

    package mutating func set(_ name: String, _ value: String) {
        change(name, Self.json { $0.string(value) })
    }

    package mutating func remove(_ name: String) { change(name, nil) }

    /// Adds an item at the end of the member's array.
    package mutating func append(_ name: String, json item: [UInt8]) {
        var items = items(of: name)
        items.append(item)
        set(name, items: items)
    }

    /// Puts an array in place of the member's value; removes the member if there are no items.
    package mutating func set(_ name: String, items: [[UInt8]]) {
        guard !items.isEmpty else {
            remove(name)
            return
        }
        change(
            name,
            Self.json { writer in
                writer.beginArray()
                for item in items { writer.raw(item) }
                writer.endArray()
            })
    }

    /// The items of a member, as they are now.
    package func items(of name: String) -> [[UInt8]] {
        if let change = changes.first(where: { $0.name == name }) {
            guard let json = change.json, let document = try? Document.parse(json) else { return [] }
            return JSONNode(document).items.map(\.source)
        }
        return node?[named: name]?.items.map(\.source) ?? []
    }

    /// The object as it is now, members in their old order, new ones behind.
    package var bytes: [UInt8] {
        Self.json { writer in
            writer.beginObject()
            var done: Set<String> = []
            if let node {
                for (key, value) in node.members {
                    guard let change = changes.first(where: { $0.name == key }) else {
                        writer.key(named: key)
                        writer.copy(value)
                        continue
                    }
                    done.insert(key)
                    write(change, to: &writer)
                }
            }
            for change in changes where !done.contains(change.name) { write(change, to: &writer) }
            writer.endObject()
        }
    }

    /// The JSON that `body` writes.
    package static func json(_ body: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter()
        body(&writer)
        return writer.bytes
    }

    private mutating func change(_ name: String, _ json: [UInt8]?) {
        changes.removeAll { $0.name == name }
        changes.append((name, json))
    }

    private func write(_ change: (name: String, json: [UInt8]?), to writer: inout JSONWriter) {
        guard let json = change.json else { return }
        writer.key(named: change.name)
        writer.raw(json)
    }
}
