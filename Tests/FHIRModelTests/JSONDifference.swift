import JSONTape

/// Comparison of JSON by meaning: members in any order, numbers by their text.
enum JSONDifference {
    /// Where two values first differ; nil if they are the same.
    static func first(_ left: JSONNode, _ right: JSONNode, at path: String) -> String? {
        if left.isObject, right.isObject {
            for (key, value) in left.members {
                guard let other = right[named: key] else { return "\(path).\(key) is lost" }
                if let difference = first(value, other, at: "\(path).\(key)") { return difference }
            }
            return left.count == right.count ? nil : "\(path) gained members"
        }
        if left.isArray, right.isArray {
            guard left.count == right.count else { return "\(path) has another length" }
            for (index, pair) in zip(left.elements, right.elements).enumerated() {
                if let difference = first(pair.0, pair.1, at: "\(path)[\(index)]") { return difference }
            }
            return nil
        }
        if let text = left.string { return text == right.string ? nil : "\(path) is another text" }
        return left.source == right.source ? nil : "\(path) is another value"
    }

    /// Writes the value with the members of every object in reverse order.
    static func writeReversed(_ node: JSONNode, to writer: inout JSONWriter) {
        if node.isObject {
            writer.beginObject()
            for (key, value) in Array(node.members).reversed() {
                writer.key(named: key)
                writeReversed(value, to: &writer)
            }
            writer.endObject()
        } else if node.isArray {
            writer.beginArray()
            for element in node.elements { writeReversed(element, to: &writer) }
            writer.endArray()
        } else {
            writer.copy(node)
        }
    }
}
