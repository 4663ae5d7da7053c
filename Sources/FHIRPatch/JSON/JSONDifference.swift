package import JSONTape

/// What makes one JSON value of another, as a JSON Patch (RFC 6902).
///
/// Members are compared by name. Arrays are compared from both ends; what is between is replaced place by place, then
/// taken away or added at its end. That is not always the shortest patch, but one that people can read.
package struct JSONDifference {
    private var writer = JSONWriter(reservingByteCount: 512)

    /// The patch that makes `new` of `old`, as compact JSON; `[]` if they are equal.
    package static func patch(from old: JSONNode, to new: JSONNode) -> [UInt8] {
        var difference = JSONDifference()
        difference.writer.beginArray()
        difference.compare(old, new, at: "")
        difference.writer.endArray()
        return difference.writer.bytes
    }

    private mutating func compare(_ old: JSONNode, _ new: JSONNode, at path: String) {
        if Self.areEqual(old, new) { return }
        if old.isObject, new.isObject {
            compareMembers(old, new, at: path)
        } else if old.isArray, new.isArray {
            compareElements(Array(old.elements), Array(new.elements), at: path)
        } else {
            write("replace", path, new)
        }
    }

    private mutating func compareMembers(_ old: JSONNode, _ new: JSONNode, at path: String) {
        for (name, value) in old.members {
            let place = path + "/" + Self.escape(name)
            if let other = new[named: name] { compare(value, other, at: place) } else { write("remove", place) }
        }
        for (name, value) in new.members where old[named: name] == nil {
            write("add", path + "/" + Self.escape(name), value)
        }
    }

    private mutating func compareElements(_ old: [JSONNode], _ new: [JSONNode], at path: String) {
        let shorter = min(old.count, new.count)
        var start = 0
        while start < shorter, Self.areEqual(old[start], new[start]) { start += 1 }
        var kept = 0
        while kept < shorter - start, Self.areEqual(old[old.count - 1 - kept], new[new.count - 1 - kept]) { kept += 1 }
        let (oldEnd, newEnd) = (old.count - kept, new.count - kept)
        let common = min(oldEnd, newEnd)
        for place in start..<common { compare(old[place], new[place], at: "\(path)/\(place)") }
        // From the end, so that the places of those before stay what they are.
        for place in stride(from: oldEnd - 1, through: common, by: -1) { write("remove", "\(path)/\(place)") }
        if common < newEnd {
            for place in common..<newEnd { write("add", "\(path)/\(place)", new[place]) }
        }
    }

    private mutating func write(_ operation: String, _ path: String, _ value: JSONNode? = nil) {
        writer.beginObject()
        writer.member("op", operation)
        writer.member("path", path)
        if let value {
            writer.key("value")
            writer.copy(value)
        }
        writer.endObject()
    }

    /// RFC 6901 §3.
    private static func escape(_ name: String) -> String {
        name.replacing("~", with: "~0").replacing("/", with: "~1")
    }

    /// Whether two values are the same; numbers are by their text, as they are in FHIR: 1.0 is not 1.00
    /// (R4 datatypes.html#decimal). The order of members says nothing.
    private static func areEqual(_ left: JSONNode, _ right: JSONNode) -> Bool {
        if left.isObject, right.isObject {
            var count = 0
            for (name, value) in left.members {
                guard let other = right[named: name], areEqual(value, other) else { return false }
                count += 1
            }
            return count == right.members.reduce(0) { sum, _ in sum + 1 }
        }
        if left.isArray, right.isArray {
            let (ours, theirs) = (Array(left.elements), Array(right.elements))
            return ours.count == theirs.count && zip(ours, theirs).allSatisfy { areEqual($0, $1) }
        }
        if let text = left.string { return text == right.string }
        if let number = left.numberText { return number == right.numberText }
        return left.kind == right.kind
    }
}
