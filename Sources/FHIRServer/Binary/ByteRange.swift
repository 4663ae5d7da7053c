/// What a `Range` header asks for (RFC 9110 §14.2).
enum ByteRange: Equatable {
    case whole
    case part(Range<Int>)
    /// Nothing of it is there.
    case unsatisfiable

    /// Headers of other units, of several ranges or of no sense are ignored, which the RFC allows.
    init(_ header: String?, of byteCount: Int) {
        self = .whole
        guard let header, header.hasPrefix("bytes=") else { return }
        let sides = header.dropFirst(6).trimmed.split(separator: "-", omittingEmptySubsequences: false)
        guard sides.count == 2, sides.allSatisfy({ $0.utf8.allSatisfy { $0 &- UInt8(ascii: "0") < 10 } }) else {
            return
        }
        let (first, last) = (Int(sides[0]), Int(sides[1]))
        switch (first, last) {
        case (nil, let count?):
            // The last bytes.
            self = count == 0 || byteCount == 0 ? .unsatisfiable : .part(max(0, byteCount - count)..<byteCount)
        case (let first?, nil) where sides[1].isEmpty:
            self = first < byteCount ? .part(first..<byteCount) : .unsatisfiable
        case (let first?, let last?) where first <= last:
            self = first < byteCount ? .part(first..<min(last, byteCount - 1) + 1) : .unsatisfiable
        default: break
        }
    }
}
