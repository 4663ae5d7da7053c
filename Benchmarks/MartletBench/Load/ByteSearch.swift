import Glibc

extension UnsafeRawBufferPointer {
    /// Offset of the first occurrence of `pattern`, looked for by its first byte; nil without one.
    func offset(of pattern: StaticString, from start: Int = 0) -> Int? {
        let length = pattern.utf8CodeUnitCount
        guard let base = baseAddress else { return nil }
        var position = start
        while position + length <= count {
            guard let found = memchr(base + position, Int32(pattern.utf8Start.pointee), count - position - length + 1)
            else { return nil }
            if memcmp(found, pattern.utf8Start, length) == 0 { return UnsafeRawPointer(found) - base }
            position = UnsafeRawPointer(found) - base + 1
        }
        return nil
    }
}
