/// The order of items (FHIRPath 2.0 §6.2).
extension Evaluation {
    /// -1, 0 or 1; nil where precision or units leave it open. Throws for types that have no order.
    func compare(_ left: Item, _ right: Item) throws(FHIRPathError) -> Int? {
        try step()
        guard let a = value(left), let b = value(right) else {
            // A primitive without a value compares like an empty collection.
            if isValueless(left) || isValueless(right) { return nil }
            throw incomparable(left, right)
        }
        switch (a, b) {
        case (.integer(let x), .integer(let y)): return x < y ? -1 : x > y ? 1 : 0
        case (.string(let x), .string(let y)): return Self.compare(x, y)
        case (.temporal(let x), .temporal(let y)) where (x.kind == .time) == (y.kind == .time):
            return Temporal.compare(x, y)
        case (.quantity, _), (_, .quantity):
            guard let x = a.quantity, let y = b.quantity else { throw incomparable(left, right) }
            return compare(x, y)
        default:
            guard let x = a.decimal, let y = b.decimal else { throw incomparable(left, right) }
            return ExactDecimal.compare(x, y)
        }
    }

    /// By the numbers of their characters.
    static func compare(_ left: String, _ right: String) -> Int {
        // UTF-8 has the order of the characters' numbers.
        if left.utf8.lexicographicallyPrecedes(right.utf8) { return -1 }
        return left.utf8.elementsEqual(right.utf8) ? 0 : 1
    }

    private func isValueless(_ item: Item) -> Bool {
        guard case .node(let node) = item else { return false }
        let kind = schema.kind(node.type)
        return kind == .quantity || kind.isPrimitive && node.value == nil
    }

    private func incomparable(_ left: Item, _ right: Item) -> FHIRPathError {
        FHIRPathError(.wrongType, "\(typeName(left).name) and \(typeName(right).name) have no order between them")
    }
}
