/// SHA-1, for name-based UUIDs (RFC 4122 §4.3) and `Attachment.hash`, which FHIR defines so. Not for secrets.
struct SHA1 {
    private var state: (UInt32, UInt32, UInt32, UInt32, UInt32) = (
        0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0
    )

    /// The 20 bytes.
    static func hash(_ message: [UInt8]) -> [UInt8] {
        message.withUnsafeBytes { bytes in
            var hash = SHA1()
            let whole = bytes.count & ~63
            var tail = [UInt8](repeating: 0, count: bytes.count - whole < 56 ? 64 : 128)
            for index in whole..<bytes.count { tail[index - whole] = bytes[index] }
            tail[bytes.count - whole] = 0x80
            withUnsafeBytes(of: (UInt64(bytes.count) &* 8).bigEndian) { count in
                for index in 0..<8 { tail[tail.count - 8 + index] = count[index] }
            }
            withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 80) { words in
                words.initialize(repeating: 0)
                for block in stride(from: 0, to: whole, by: 64) { hash.update(words, bytes, block) }
                tail.withUnsafeBytes { tail in
                    for block in stride(from: 0, to: tail.count, by: 64) { hash.update(words, tail, block) }
                }
            }
            return hash.bytes
        }
    }

    private var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(20)
        for word in [state.0, state.1, state.2, state.3, state.4] {
            for shift: UInt32 in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
        }
        return bytes
    }

    /// - Parameter words: room for 80.
    private mutating func update(
        _ words: UnsafeMutableBufferPointer<UInt32>, _ bytes: UnsafeRawBufferPointer, _ block: Int
    ) {
        for index in 0..<16 {
            words[index] = UInt32(
                bigEndian: bytes.loadUnaligned(fromByteOffset: block &+ index &* 4, as: UInt32.self))
        }
        for index in 16..<80 {
            words[index] = rotate(
                words[index &- 3] ^ words[index &- 8] ^ words[index &- 14] ^ words[index &- 16], 1)
        }
        var (a, b, c, d, e) = state
        func step(_ mix: UInt32, _ constant: UInt32, _ index: Int) {
            let next = rotate(a, 5) &+ mix &+ e &+ constant &+ words[index]
            (e, d, c, b, a) = (d, c, rotate(b, 30), a, next)
        }
        for index in 0..<20 { step((b & c) | (~b & d), 0x5A82_7999, index) }
        for index in 20..<40 { step(b ^ c ^ d, 0x6ED9_EBA1, index) }
        for index in 40..<60 { step((b & c) | (b & d) | (c & d), 0x8F1B_BCDC, index) }
        for index in 60..<80 { step(b ^ c ^ d, 0xCA62_C1D6, index) }
        state.0 &+= a
        state.1 &+= b
        state.2 &+= c
        state.3 &+= d
        state.4 &+= e
    }

    @inline(__always)
    private func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 { word &<< count | word &>> (32 &- count) }
}
