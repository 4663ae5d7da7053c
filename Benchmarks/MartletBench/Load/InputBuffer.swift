import Glibc

/// Bytes received and not yet looked at.
struct InputBuffer {
    private var bytes = [UInt8](repeating: 0, count: 32 << 10)
    private var count = 0

    /// Reads once; false at the end of the stream or after an error.
    mutating func fill(from file: Int32) -> Bool {
        if count == bytes.count { bytes.append(contentsOf: repeatElement(0, count: bytes.count)) }
        let space = bytes.count - count
        // The buffer never is empty, so there is an address; the same below.
        let filled = bytes.withUnsafeMutableBytes { recv(file, $0.baseAddress! + count, space, 0) }
        if filled < 0 { return errno == EAGAIN || errno == EINTR }
        count += filled
        return filled > 0
    }

    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }

    /// Drops the first bytes.
    mutating func consume(_ consumedCount: Int) {
        let rest = count - consumedCount
        if rest > 0 {
            bytes.withUnsafeMutableBytes { _ = memmove($0.baseAddress!, $0.baseAddress! + consumedCount, rest) }
        }
        count = rest
    }

    /// The start of what is there, for a message.
    func excerpt(_ byteCount: Int) -> String {
        String(decoding: bytes[..<min(byteCount, 600)], as: UTF8.self)
    }
}
