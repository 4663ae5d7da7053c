import JSONTape

/// Equality and equivalence of items and collections (FHIRPath 2.0 §6.1).
extension Evaluation {
    /// Whether two items are equal; nil where dates or quantities leave it open.
    func equal(_ left: Item, _ right: Item) throws(FHIRPathError) -> Bool? {
        try step()
        switch (left, right) {
        case (.node(let a), .node(let b)): return try equal(a, b)
        case (.node(let node), .string(let text)), (.string(let text), .node(let node)):
            if let answer = equal(node, text) { return answer }
        default: break
        }
        guard let a = value(left), let b = value(right) else { return false }
        if case .string(let text) = a { try step(through: text) }
        return equalValues(a, b)
    }

    /// A string against an element whose JSON is a string, without making one; nil if that does not decide.
    @inline(__always)
    private func equal(_ node: Node, _ text: String) -> Bool? {
        guard let index = node.value, schema.kind(node.type) == .string else { return nil }
        let document = document(of: node)
        guard document.kind(index) == .string else { return nil }
        return text.utf8.withContiguousStorageIfAvailable { document.isString(index, equalTo: $0) }
    }

    private func equal(_ left: Node, _ right: Node) throws(FHIRPathError) -> Bool? {
        if left == right { return true }
        let (leftKind, rightKind) = (schema.kind(left.type), schema.kind(right.type))
        if leftKind == .string, rightKind == .string, let a = left.value, let b = right.value {
            return areEqualTexts(document(of: left), a, document(of: right), b)
        }
        if leftKind.isPrimitive || rightKind.isPrimitive || leftKind == .quantity && rightKind == .quantity {
            if let a = value(left), let b = value(right), let answer = equalValues(a, b), answer || leftKind.isPrimitive
            {
                return answer
            }
            if leftKind.isPrimitive || rightKind.isPrimitive {
                // Primitives without a value are what their extensions are.
                guard left.value == nil, right.value == nil, let a = left.companion, let b = right.companion else {
                    return value(left) == nil || value(right) == nil ? false : nil
                }
                return try areEqualTrees(document(of: left), a, document(of: right), b)
            }
        }
        guard let a = left.value, let b = right.value else { return false }
        return try areEqualTrees(document(of: left), a, document(of: right), b)
    }

    private func areEqualTexts(_ a: Document, _ left: Document.Index, _ b: Document, _ right: Document.Index) -> Bool {
        a.withString(left) { b.isString(right, equalTo: $0) }
    }

    /// Whether two JSON values say the same, whatever the order of members.
    private func areEqualTrees(
        _ a: Document, _ left: Document.Index, _ b: Document, _ right: Document.Index
    ) throws(FHIRPathError) -> Bool {
        try step()
        switch (a.kind(left), b.kind(right)) {
        case (.object, .object):
            guard a.count(left) == b.count(right) else { return false }
            let end = a.next(left)
            var member = a.firstChild(left)
            while member < end {
                guard let other = a.withString(member, { b.member($0, of: right) }),
                    try areEqualTrees(a, member + 1, b, other)
                else { return false }
                member = a.next(member + 1)
            }
            return true
        case (.array, .array):
            guard a.count(left) == b.count(right) else { return false }
            let end = a.next(left)
            var (item, other) = (a.firstChild(left), b.firstChild(right))
            while item < end {
                guard try areEqualTrees(a, item, b, other) else { return false }
                (item, other) = (a.next(item), b.next(other))
            }
            return true
        case (.number, .number):
            guard let x = ExactDecimal(a.rawText(left)), let y = ExactDecimal(b.rawText(right)) else {
                return a.rawText(left).elementsEqual(b.rawText(right))
            }
            return ExactDecimal.compare(x, y) == 0
        case (.string, .string), (.string, .escapedString), (.escapedString, .string), (.escapedString, .escapedString):
            return areEqualTexts(a, left, b, right)
        case (let x, let y): return x == y
        }
    }

    private func equalValues(_ left: Item, _ right: Item) -> Bool? {
        switch (left, right) {
        case (.boolean(let a), .boolean(let b)): return a == b
        case (.integer(let a), .integer(let b)): return a == b
        case (.string(let a), .string(let b)): return TextSearch.areEqual(a, b)
        case (.temporal(let a), .temporal(let b)):
            return (a.kind == .time) == (b.kind == .time) ? Temporal.compare(a, b).map { $0 == 0 } : false
        case (.type(let a), .type(let b)): return a == b
        case (.quantity, _), (_, .quantity):
            guard let a = left.quantity, let b = right.quantity else { return false }
            return equal(a, b)
        default:
            guard let a = left.decimal, let b = right.decimal else { return false }
            return ExactDecimal.compare(a, b) == 0
        }
    }

    // MARK: - Collections

    /// FHIRPath 2.0 §6.1.1: the same items in the same order; empty if either is.
    func equal(_ left: Items, _ right: Items) throws(FHIRPathError) -> Bool? {
        if case .one(let a) = left, case .one(let b) = right { return try equal(a, b) }
        guard !left.isEmpty, !right.isEmpty else { return nil }
        guard left.count == right.count else { return false }
        var result: Bool? = true
        for (a, b) in zip(left, right) {
            switch try equal(a, b) {
            case false: return false
            case nil: result = nil
            default: break
            }
        }
        return result
    }

    /// FHIRPath 2.0 §6.1.2: the same items in any order; two empty ones are equivalent.
    func equivalent(_ left: Items, _ right: Items) throws(FHIRPathError) -> Bool {
        guard left.count == right.count else { return false }
        var rest = right.array
        for item in left {
            var found: Int?
            for (position, other) in rest.enumerated() where try equivalent(item, other) {
                found = position
                break
            }
            guard let found else { return false }
            rest.remove(at: found)
        }
        return true
    }

    private func equivalent(_ left: Item, _ right: Item) throws(FHIRPathError) -> Bool {
        try step()
        if let a = value(left), let b = value(right) { return equivalentValues(a, b) }
        guard case .node(let a) = left, case .node(let b) = right else { return false }
        return try equivalentElements(a, b)
    }

    private func equivalentElements(_ left: Node, _ right: Node) throws(FHIRPathError) -> Bool {
        let a = namedChildren(of: left)
        var b = namedChildren(of: right)
        guard a.count == b.count, !a.isEmpty else { return false }
        for (name, child) in a {
            var found: Int?
            for (position, other) in b.enumerated() where other.name == name {
                guard try equivalent(.node(child), .node(other.child)) else { continue }
                found = position
                break
            }
            guard let found else { return false }
            b.remove(at: found)
        }
        return true
    }

    private func equivalentValues(_ left: Item, _ right: Item) -> Bool {
        switch (left, right) {
        case (.string(let a), .string(let b)): return Self.folded(a) == Self.folded(b)
        case (.temporal(let a), .temporal(let b)): return Temporal.areEquivalent(a, b)
        case (.quantity, _), (_, .quantity):
            guard let a = left.quantity, let b = right.quantity else { return false }
            return equivalent(a, b)
        default:
            guard let a = left.decimal, let b = right.decimal else { return equalValues(left, right) ?? false }
            return Self.equivalent(a, b)
        }
    }

    /// Decimals are compared with the digits of the less precise one, trailing zeros left out.
    static func equivalent(_ left: ExactDecimal, _ right: ExactDecimal) -> Bool {
        let scale = min(left.normalized.scale, right.normalized.scale)
        guard let a = left.rounded(to: scale, .halfUp), let b = right.rounded(to: scale, .halfUp) else { return false }
        return ExactDecimal.compare(a, b) == 0
    }

    /// Case and white space do not count.
    private static func folded(_ text: String) -> String {
        text.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// All children of an element.
    func children(of node: Node) -> Items {
        var items = Items.none
        walk(node).children(of: node) {
            items.append(.node($0))
            return true
        }
        return items
    }
}

extension Item {
    /// A number as a Decimal; nil for all else.
    var decimal: ExactDecimal? {
        switch self {
        case .integer(let value): ExactDecimal(value)
        case .decimal(let value): value
        default: nil
        }
    }

    /// A number or quantity as a quantity; nil for all else.
    var quantity: Quantity? {
        if case .quantity(let value) = self { return value }
        return decimal.map { Quantity(value: $0, unit: .one) }
    }
}
