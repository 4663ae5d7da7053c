import JSONTape

/// A hash table from (owner, bytes) to a number, with open addressing.
///
/// A look-up hashes the bytes, probes, compares the owner, length and hash, then the bytes; it allocates nothing.
struct KeyTable: Sendable {
    private struct Slot {
        var tag: UInt32 = 0
        var keyOffset: UInt32 = 0
        var value: UInt32 = 0
        var owner: UInt16 = 0
        /// 0 marks an empty slot; no key is empty.
        var keyLength: UInt16 = 0
    }

    private var slots: [Slot]
    private var keys: [UInt8] = []
    private(set) var count = 0

    init(capacity: Int) {
        var size = 16
        while size < capacity * 2 { size *= 2 }
        slots = Array(repeating: Slot(), count: size)
    }

    /// The number kept for `key`; nil if there is none.
    func value(_ key: UnsafeBufferPointer<UInt8>, owner: UInt16) -> UInt32? {
        let hash = Self.hash(key, owner)
        let tag = UInt32(truncatingIfNeeded: hash >> 32)
        return slots.withUnsafeBufferPointer { slots in
            let mask = slots.count &- 1
            var position = Int(truncatingIfNeeded: hash) & mask
            while slots[position].keyLength != 0 {
                let slot = slots[position]
                if slot.tag == tag, slot.owner == owner, Int(slot.keyLength) == key.count, holds(key, slot) {
                    return slot.value
                }
                position = (position &+ 1) & mask
            }
            return nil
        }
    }

    func value(_ key: String, owner: UInt16) -> UInt32? {
        var key = key
        return key.withUTF8 { value($0, owner: owner) }
    }

    /// Keeps `value` for `key` unless there is one already; gives what is kept.
    @discardableResult
    mutating func insert(_ key: UnsafeBufferPointer<UInt8>, owner: UInt16, _ value: UInt32) -> UInt32 {
        precondition(!key.isEmpty && key.count <= Int(UInt16.max), "a key has 1 to 65535 bytes")
        if let known = self.value(key, owner: owner) { return known }
        if count * 2 >= slots.count { grow() }
        let hash = Self.hash(key, owner)
        place(
            Slot(
                tag: UInt32(truncatingIfNeeded: hash >> 32), keyOffset: UInt32(keys.count), value: value,
                owner: owner, keyLength: UInt16(key.count)), hash)
        keys.append(contentsOf: key)
        count += 1
        return value
    }

    private func holds(_ key: UnsafeBufferPointer<UInt8>, _ slot: Slot) -> Bool {
        keys.withUnsafeBufferPointer { keys in
            let start = Int(slot.keyOffset)
            for index in 0..<key.count where keys[start &+ index] != key[index] { return false }
            return true
        }
    }

    private mutating func place(_ slot: Slot, _ hash: UInt64) {
        let mask = slots.count - 1
        var position = Int(truncatingIfNeeded: hash) & mask
        while slots[position].keyLength != 0 { position = (position + 1) & mask }
        slots[position] = slot
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: Slot(), count: old.count * 2)
        keys.withUnsafeBufferPointer { keys in
            for slot in old where slot.keyLength != 0 {
                let start = Int(slot.keyOffset)
                let key = UnsafeBufferPointer(rebasing: keys[start..<start + Int(slot.keyLength)])
                place(slot, Self.hash(key, slot.owner))
            }
        }
    }

    private static func hash(_ key: UnsafeBufferPointer<UInt8>, _ owner: UInt16) -> UInt64 {
        let hash = (JSONKey.hash(key) ^ UInt64(owner)) &* 0x9E37_79B9_7F4A_7C15
        return hash ^ (hash >> 32)
    }
}

/// Values made once per distinct text: the tables repeat the same type lists, bindings and invariants thousands of
/// times, and arrays that share storage cost nothing.
struct TextMemo<Value> {
    private var table = KeyTable(capacity: 512)
    private var values: [Value] = []

    subscript(text: UnsafeBufferPointer<UInt8>) -> Value? {
        table.value(text, owner: 0).map { values[Int($0)] }
    }

    /// Keeps a value for a text that has none yet, and gives it back.
    mutating func keep(_ value: Value, for text: UnsafeBufferPointer<UInt8>) -> Value {
        table.insert(text, owner: 0, UInt32(values.count))
        values.append(value)
        return value
    }
}
