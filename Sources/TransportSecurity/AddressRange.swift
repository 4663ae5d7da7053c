#if canImport(Glibc)
    internal import Glibc
#endif

/// A range of network addresses, such as `10.1.0.0/16`, `192.168.3.7` or `fd00::/8`.
package struct AddressRange: Sendable, Hashable {
    private let bytes: [UInt8]
    /// Leading bits that have to agree.
    private let bitCount: Int

    /// `nil` for text that is no address, or with more bits than the address has.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let bytes = Self.bytes(String(parts[0])) else { return nil }
        self.bytes = bytes
        guard parts.count == 2 else {
            bitCount = bytes.count * 8
            return
        }
        guard let count = Int(parts[1]), 0...(bytes.count * 8) ~= count else { return nil }
        bitCount = count
    }

    /// Whether an address, as a connection tells it, is in the range.
    package func contains(_ address: String) -> Bool {
        guard let other = Self.bytes(address), other.count == bytes.count else { return false }
        let whole = bitCount / 8
        guard other[..<whole] == bytes[..<whole] else { return false }
        let rest = bitCount % 8
        guard rest > 0 else { return true }
        let mask = UInt8(truncatingIfNeeded: 0xFF << (8 - rest))
        return other[whole] & mask == bytes[whole] & mask
    }

    /// Four or sixteen bytes; an IPv4 address within IPv6 is the IPv4 address.
    private static func bytes(_ text: String) -> [UInt8]? {
        var short = [UInt8](repeating: 0, count: 4)
        if inet_pton(AF_INET, text, &short) == 1 { return short }
        var long = [UInt8](repeating: 0, count: 16)
        guard inet_pton(AF_INET6, text, &long) == 1 else { return nil }
        let isMapped = long[..<10].allSatisfy { $0 == 0 } && long[10] == 0xFF && long[11] == 0xFF
        return isMapped ? Array(long[12...]) : long
    }
}
