/// A hash of property names for lookup tables that are made and asked within one process.
package enum JSONKey {
    /// A 64-bit hash of `bytes`, the same for equal bytes in any process of this version; not for storage, and no
    /// protection against names chosen to collide.
    @inlinable package static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var hash: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(truncatingIfNeeded: bytes.count)
        guard let base = bytes.baseAddress else { return hash ^ (hash >> 29) }
        var index = 0
        while index &+ 8 <= bytes.count {
            hash = mix(hash, UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self))
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
}
