import JSONTape

/// Compares values with those of `fixed[x]` and `pattern[x]` (R4 elementdefinition.html#ElementDefinition.fixed).
enum JSONPattern {
    /// Whether two values are the same: members in any order, numbers as they are written.
    static func equals(_ value: JSONNode, _ fixed: JSONNode) -> Bool {
        if fixed.isObject {
            guard value.isObject, value.count == fixed.count else { return false }
            return fixed.members.allSatisfy { key, wanted in
                value[named: key].map { equals($0, wanted) } ?? false
            }
        }
        if fixed.isArray {
            let (left, right) = (Array(value.elements), Array(fixed.elements))
            return value.isArray && left.count == right.count && zip(left, right).allSatisfy { equals($0, $1) }
        }
        return isSame(value, fixed)
    }

    /// Whether a value has all that the pattern has: of an object the same members, of a list for every item one that
    /// has all of it.
    static func matches(_ value: JSONNode, _ pattern: JSONNode) -> Bool {
        if pattern.isObject {
            guard value.isObject else { return false }
            return pattern.members.allSatisfy { key, wanted in
                value[named: key].map { matches($0, wanted) } ?? false
            }
        }
        if pattern.isArray {
            guard value.isArray else { return false }
            return pattern.elements.allSatisfy { wanted in value.elements.contains { matches($0, wanted) } }
        }
        return isSame(value, pattern)
    }

    private static func isSame(_ left: JSONNode, _ right: JSONNode) -> Bool {
        if left.isString || right.isString { return left.isString && right.isString && left.string == right.string }
        if left.isNumber || right.isNumber { return left.numberText == right.numberText }
        return left.kind == right.kind
    }
}
