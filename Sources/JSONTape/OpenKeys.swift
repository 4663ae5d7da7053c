/// The property names of the objects that are open while parsing, to refuse duplicates (RFC 8259 §4 leaves them
/// undefined; accepting one would let two readers see two different resources).
///
/// Small objects are searched linearly by hash; from 32 properties on a set keeps hostile objects from costing
/// quadratic time.
struct OpenKeys {
    private struct Key {
        var hash: UInt64
        var word: UInt64
    }

    private static let linearLimit = 32
    private var list: [Key] = []
    /// Sets of the objects that outgrew the linear search, by the list position of their first key.
    private var sets: [Int: [UInt64: [UInt64]]] = [:]

    var count: Int { list.count }

    /// Adds the key whose tape word is `entry`; false if the object that began at `first` has it already.
    mutating func insert(entry: UInt64, of bytes: UnsafeMutablePointer<UInt8>, since first: Int) -> Bool {
        let hash = JSONKey.hash(entry, of: bytes)
        let members = list.count - first
        if members < Self.linearLimit {
            var index = first
            while index < list.count {
                if list[index].hash == hash, JSONKey.areEqual(list[index].word, entry, of: bytes) { return false }
                index += 1
            }
        } else {
            if members == Self.linearLimit {
                var set: [UInt64: [UInt64]] = [:]
                for key in list[first...] { set[key.hash, default: []].append(key.word) }
                sets[first] = set
            }
            let equals = sets[first]?[hash] ?? []
            if equals.contains(where: { JSONKey.areEqual($0, entry, of: bytes) }) { return false }
            sets[first]?[hash, default: []].append(entry)
        }
        list.append(Key(hash: hash, word: entry))
        return true
    }

    mutating func removeAll(since first: Int) {
        if !sets.isEmpty { sets[first] = nil }
        list.removeSubrange(first...)
    }
}

/// Hash and equality of property names by their decoded value.
package enum JSONKey {
    /// A 64-bit hash of `bytes`, the same for equal bytes in any process of this version; not for storage.
    @inlinable package static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var hash: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(truncatingIfNeeded: bytes.count)
        var index = 0
        while index &+ 8 <= bytes.count {
            let word = UnsafeRawPointer(bytes.baseAddress! + index).loadUnaligned(as: UInt64.self)
            hash = mix(hash, word)
            index &+= 8
        }
        if index < bytes.count {
            var word: UInt64 = 0
            var shift: UInt64 = 0
            while index < bytes.count {
                word |= UInt64(bytes[index]) << shift
                shift &+= 8
                index &+= 1
            }
            hash = mix(hash, word)
        }
        return hash ^ (hash >> 29)
    }

    @inlinable static func mix(_ hash: UInt64, _ word: UInt64) -> UInt64 {
        let product = (hash ^ word).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
        return product.high ^ product.low
    }

    static func hash(_ entry: UInt64, of bytes: UnsafeMutablePointer<UInt8>) -> UInt64 {
        let raw = slice(entry, of: bytes)
        if Document.kind(of: entry) == .string { return hash(raw) }
        return JSONEscape.decode(raw).withUnsafeBufferPointer { hash($0) }
    }

    static func areEqual(_ left: UInt64, _ right: UInt64, of bytes: UnsafeMutablePointer<UInt8>) -> Bool {
        let leftBytes = slice(left, of: bytes)
        let rightBytes = slice(right, of: bytes)
        if Document.kind(of: left) == .string, Document.kind(of: right) == .string {
            return leftBytes.elementsEqual(rightBytes)
        }
        return JSONEscape.decode(leftBytes) == JSONEscape.decode(rightBytes)
    }

    private static func slice(_ entry: UInt64, of bytes: UnsafeMutablePointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: bytes + Document.offset(of: entry), count: Document.length(of: entry))
    }
}
