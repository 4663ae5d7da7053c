import JSONTape

/// Items without repetition by equality, in the order they came: what `distinct`, `union` and `in` are made of.
///
/// Small ones are compared one by one; of large ones only those with equal hashes are.
struct ItemSet {
    private let evaluation: Evaluation
    private(set) var items: Items = .none
    private var positions: [Int: [Int]] = [:]
    private static let linearLimit = 8

    init(_ evaluation: Evaluation) { self.evaluation = evaluation }

    init(_ evaluation: Evaluation, _ items: Items) throws(FHIRPathError) {
        self.evaluation = evaluation
        for item in items { _ = try insert(item) }
    }

    func contains(_ item: Item) throws(FHIRPathError) -> Bool {
        if items.count <= Self.linearLimit {
            for other in items where try evaluation.equal(other, item) == true { return true }
            return false
        }
        for position in positions[hash(item)] ?? [] where try evaluation.equal(items[position], item) == true {
            return true
        }
        return false
    }

    /// Adds an item; false if an equal one was there.
    mutating func insert(_ item: Item) throws(FHIRPathError) -> Bool {
        if try contains(item) { return false }
        items.append(item)
        if items.count > Self.linearLimit {
            if items.count == Self.linearLimit + 1 {
                for (position, item) in items.enumerated() { positions[hash(item), default: []].append(position) }
            } else {
                positions[hash(item), default: []].append(items.count - 1)
            }
        }
        return true
    }

    /// Equal for equal items.
    private func hash(_ item: Item) -> Int {
        switch evaluation.value(item) {
        case .boolean(let value): return value ? 1 : 2
        case .string(let text): return text.hashValue
        case .integer(let value): return Self.hash(ExactDecimal(value))
        case .decimal(let value): return Self.hash(value)
        // What is equal to these depends on precision and units.
        case .temporal: return 3
        case .quantity(let value): return value.unit == .one ? Self.hash(value.value) : 4
        case .type(let name): return name.hashValue
        case .node, nil: break
        }
        guard case .node(let node) = item, let index = node.value ?? node.companion else { return 5 }
        return hash(evaluation.document(of: node), index, depth: 0)
    }

    private static func hash(_ value: ExactDecimal) -> Int {
        let value = value.normalized
        return Int(truncatingIfNeeded: value.significand) ^ value.scale << 48
    }

    /// Members may come in any order, so their hashes are added up.
    private func hash(_ document: Document, _ index: Document.Index, depth: Int) -> Int {
        var sum = document.count(index)
        switch document.kind(index) {
        case .object:
            let end = document.next(index)
            var member = document.firstChild(index)
            while member < end {
                let key = document.withString(member) { JSONKey.hash($0) }
                sum &+=
                    Int(truncatingIfNeeded: key) &* (depth < 4 ? hash(document, member + 1, depth: depth + 1) | 1 : 1)
                member = document.next(member + 1)
            }
            return sum
        case .array:
            let end = document.next(index)
            var item = document.firstChild(index)
            while item < end {
                if depth < 4 { sum = sum &* 31 &+ hash(document, item, depth: depth + 1) }
                item = document.next(item)
            }
            return sum
        case .string, .escapedString:
            return Int(truncatingIfNeeded: document.withString(index) { JSONKey.hash($0) })
        case .number: return 6
        case let kind: return Int(kind.rawValue)
        }
    }
}
