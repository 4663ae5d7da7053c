/// An ordered collection of items; none and one, the usual cases, cost no allocation.
package enum Items: Sendable {
    case none
    case one(Item)
    /// At least two.
    case many([Item])

    package init(_ items: [Item]) {
        switch items.count {
        case 0: self = .none
        case 1: self = .one(items[0])
        default: self = .many(items)
        }
    }

    @inline(__always) static func boolean(_ value: Bool?) -> Items {
        guard let value else { return .none }
        return .one(.boolean(value))
    }

    static func item(_ value: Item?) -> Items {
        guard let value else { return .none }
        return .one(value)
    }

    mutating func append(_ item: Item) {
        switch self {
        case .none: self = .one(item)
        case .one(let first): self = .many([first, item])
        case .many(var items):
            // Taken out first, so that the array is not shared and grows in place.
            self = .none
            items.append(item)
            self = .many(items)
        }
    }

    mutating func append(contentsOf other: Items) {
        switch other {
        case .none: break
        case .one(let item): append(item)
        case .many(let more):
            guard !isEmpty else {
                self = other
                return
            }
            var items = array
            self = .none
            items.append(contentsOf: more)
            self = .many(items)
        }
    }

    var array: [Item] {
        switch self {
        case .none: []
        case .one(let item): [item]
        case .many(let items): items
        }
    }
}

extension Items: RandomAccessCollection {
    package var startIndex: Int { 0 }

    package var endIndex: Int {
        switch self {
        case .none: 0
        case .one: 1
        case .many(let items): items.count
        }
    }

    package var isEmpty: Bool {
        if case .none = self { return true }
        return false
    }

    package subscript(position: Int) -> Item {
        switch self {
        case .none: preconditionFailure("an empty collection has no items")
        case .one(let item):
            precondition(position == 0, "the collection has one item")
            return item
        case .many(let items): return items[position]
        }
    }
}
