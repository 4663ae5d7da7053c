#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Comparing and searching strings by their bytes, in linear time: two spellings of one character are two strings.
enum TextSearch {
    static func areEqual(_ left: String, _ right: String) -> Bool {
        guard left.utf8.count == right.utf8.count else { return false }
        let answer: Bool?? = left.utf8.withContiguousStorageIfAvailable { a in
            right.utf8.withContiguousStorageIfAvailable { b in
                guard let first = a.baseAddress, let second = b.baseAddress else { return true }
                return memcmp(first, second, a.count) == 0
            }
        }
        return answer.flatMap { $0 } ?? left.utf8.elementsEqual(right.utf8)
    }

    /// Byte at which `part` first stands; an empty one is at the beginning.
    static func position(of part: String, in text: String) -> Int? {
        position(of: Array(part.utf8), in: Array(text.utf8), from: 0)
    }

    /// By Knuth, Morris and Pratt: no text makes it go back.
    static func position(of part: [UInt8], in text: [UInt8], from start: Int) -> Int? {
        guard !part.isEmpty else { return start }
        let borders = borders(of: part)
        var matched = 0
        for index in start..<text.count {
            while matched > 0, part[matched] != text[index] { matched = borders[matched - 1] }
            if part[matched] == text[index] { matched += 1 }
            if matched == part.count { return index + 1 - matched }
        }
        return nil
    }

    /// Of each beginning of `part`, how long a shorter beginning is that it also ends with.
    private static func borders(of part: [UInt8]) -> [Int] {
        var borders = [Int](repeating: 0, count: part.count)
        var length = 0
        for index in part.indices.dropFirst() {
            while length > 0, part[length] != part[index] { length = borders[length - 1] }
            if part[length] == part[index] { length += 1 }
            borders[index] = length
        }
        return borders
    }

    /// Byte at which `part` last stands; an empty one is at the beginning.
    static func lastPosition(of part: String, in text: String) -> Int? {
        guard !part.isEmpty else { return 0 }
        let (bytes, wanted) = (Array(text.utf8.reversed()), Array(part.utf8.reversed()))
        return position(of: wanted, in: bytes, from: 0).map { bytes.count - $0 - wanted.count }
    }
}
