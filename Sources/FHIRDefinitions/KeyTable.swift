/// A hash table from (owner, bytes) to a number, with open addressing.
///
/// A look-up hashes the bytes, probes, compares the owner, length and hash, then the bytes; it allocates nothing.
///
/// Filled by the loader that made it and only read once definitions hold it, hence `Sendable` although it owns raw
/// memory: arrays in its place cost a retain and bounds checks, three times the time of a look-up.
package final class KeyTable: @unchecked Sendable {
    private struct Slot {
        var tag: UInt32 = 0
        var keyOffset: UInt32 = 0
        var value: UInt32 = 0
        var owner: UInt16 = 0
        /// 0 marks an empty slot; no key is empty.
        var keyLength: UInt16 = 0
    }

    private var slots: UnsafeMutablePointer<Slot>
    /// Number of slots less one; their number is a power of two.
    private var mask: Int
    private var keys: UnsafeMutablePointer<UInt8>
    private var keyByteCount = 0
    private var keyCapacity: Int
    private var count = 0

    /// A table that holds `capacity` keys before it grows.
    package init(capacity: Int) {
        var size = 16
        while size < capacity * 2 { size *= 2 }
        mask = size - 1
        slots = .allocate(capacity: size)
        slots.initialize(repeating: Slot(), count: size)
        keyCapacity = capacity * 12
        keys = .allocate(capacity: keyCapacity)
    }

    deinit {
        slots.deallocate()
        keys.deallocate()
    }

    /// The number kept for `key`; nil if there is none.
    package func value(_ key: UnsafeBufferPointer<UInt8>, owner: UInt16) -> UInt32? {
        let hash = Self.hash(key, owner)
        let tag = UInt32(truncatingIfNeeded: hash >> 32)
        let slots = self.slots
        let mask = self.mask
        var position = Int(truncatingIfNeeded: hash) & mask
        while true {
            let slot = slots[position]
            if slot.keyLength == 0 { return nil }
            if slot.tag == tag, slot.owner == owner, Int(slot.keyLength) == key.count,
                Self.areEqual(keys + Int(slot.keyOffset), key)
            {
                return slot.value
            }
            position = (position &+ 1) & mask
        }
    }

    /// The same for a string.
    package func value(_ key: String, owner: UInt16) -> UInt32? {
        var key = key
        return key.withUTF8 { value($0, owner: owner) }
    }

    /// Keeps `value` for `key`, unless there is one already. A key has 1 to 65535 bytes.
    package func insert(_ key: UnsafeBufferPointer<UInt8>, owner: UInt16, _ value: UInt32) {
        precondition(!key.isEmpty && key.count <= Int(UInt16.max), "a key has 1 to 65535 bytes")
        guard self.value(key, owner: owner) == nil else { return }
        if count * 2 > mask { growSlots() }
        let hash = Self.hash(key, owner)
        place(
            Slot(
                tag: UInt32(truncatingIfNeeded: hash >> 32), keyOffset: UInt32(keyByteCount), value: value,
                owner: owner, keyLength: UInt16(key.count)), hash)
        append(key)
        count += 1
    }

    /// Compares by words, the last of which overlaps the one before it; names are rarely longer than two words.
    @inline(__always)
    private static func areEqual(_ kept: UnsafeMutablePointer<UInt8>, _ key: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let start = key.baseAddress else { return true }
        let count = key.count
        guard count >= 8 else { return shortWord(kept, count) == shortWord(start, count) }
        var offset = 0
        while offset &+ 8 < count {
            if word(kept, offset) != word(start, offset) { return false }
            offset &+= 8
        }
        return word(kept, count &- 8) == word(start, count &- 8)
    }

    private func place(_ slot: Slot, _ hash: UInt64) {
        var position = Int(truncatingIfNeeded: hash) & mask
        while slots[position].keyLength != 0 { position = (position + 1) & mask }
        slots[position] = slot
    }

    private func append(_ key: UnsafeBufferPointer<UInt8>) {
        if keyByteCount + key.count > keyCapacity {
            keyCapacity = (keyByteCount + key.count) * 2
            let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: keyCapacity)
            larger.moveInitialize(from: keys, count: keyByteCount)
            keys.deallocate()
            keys = larger
        }
        for byte in key {
            keys[keyByteCount] = byte
            keyByteCount += 1
        }
    }

    private func growSlots() {
        let old = UnsafeMutableBufferPointer(start: slots, count: mask + 1)
        mask = old.count * 2 - 1
        slots = .allocate(capacity: mask + 1)
        slots.initialize(repeating: Slot(), count: mask + 1)
        for slot in old where slot.keyLength != 0 {
            let key = UnsafeBufferPointer(start: keys + Int(slot.keyOffset), count: Int(slot.keyLength))
            place(slot, Self.hash(key, slot.owner))
        }
        old.deallocate()
    }

    @inline(__always)
    private static func hash(_ key: UnsafeBufferPointer<UInt8>, _ owner: UInt16) -> UInt64 {
        guard let start = key.baseAddress else { return 0 }
        let count = key.count
        let seed = UInt64(truncatingIfNeeded: count) << 16 | UInt64(owner)
        guard count >= 8 else { return mix(seed, shortWord(start, count)) }
        var hash = seed
        var offset = 0
        while offset &+ 8 < count {
            hash = mix(hash, word(start, offset))
            offset &+= 8
        }
        return mix(hash, word(start, count &- 8))
    }

    @inline(__always)
    private static func mix(_ hash: UInt64, _ word: UInt64) -> UInt64 {
        let product = (hash ^ word ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
        return product.high ^ product.low
    }

    /// Eight bytes from `offset`.
    @inline(__always)
    private static func word(_ start: UnsafePointer<UInt8>, _ offset: Int) -> UInt64 {
        UnsafeRawPointer(start + offset).loadUnaligned(as: UInt64.self)
    }

    /// All bytes of a text of less than eight.
    @inline(__always)
    private static func shortWord(_ start: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
        if count >= 4 {
            let low = UnsafeRawPointer(start).loadUnaligned(as: UInt32.self)
            let high = UnsafeRawPointer(start + count - 4).loadUnaligned(as: UInt32.self)
            return UInt64(low) | UInt64(high) << 32
        }
        guard count > 0 else { return 0 }
        return UInt64(start[0]) | UInt64(start[count / 2]) << 8 | UInt64(start[count - 1]) << 16
    }
}
