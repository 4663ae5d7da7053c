/// Keeps values up to a size in all; least recently used ones go first.
struct Shelf<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private var entries: [Key: (value: Value, size: Int, used: UInt64)] = [:]
    private let capacity: Int
    private var size = 0
    private var tick: UInt64 = 0

    /// - Parameter capacity: what the sizes may add up to, in the unit that `put` is given.
    init(capacity: Int) {
        self.capacity = capacity
    }

    mutating func take(_ key: Key) -> Value? {
        guard let entry = entries[key] else { return nil }
        tick += 1
        entries[key]?.used = tick
        return entry.value
    }

    mutating func put(_ value: Value, _ size: Int, for key: Key) {
        // One that would drive out most of the others is not worth it.
        guard size <= capacity / 2 else { return }
        if let old = entries.removeValue(forKey: key) { self.size -= old.size }
        while self.size + size > capacity, let oldest = entries.min(by: { $0.value.used < $1.value.used }) {
            self.size -= oldest.value.size
            entries[oldest.key] = nil
        }
        tick += 1
        entries[key] = (value, size, tick)
        self.size += size
    }

    mutating func removeAll() {
        entries.removeAll()
        size = 0
    }
}
