internal import Glibc

/// Finds separators and line ends, eight bytes at a time, and decides which line ends end a segment (F-1, F-2):
///
/// - Where a carriage return ends any segment, only carriage returns end segments; a line feed behind one is eaten,
///   any other is text.
/// - Else line feeds do.
/// - Either way only where what follows looks like a segment (`[A-Z][A-Z0-9]{2}` and the field separator), past blank
///   lines; other lines go on with the field they stand in.
struct SegmentWalk {
    let capacity: Int
    private let separator: UInt8
    private let segmentLimit: Int
    private(set) var entries: [RawMessage.SegmentEntry] = []
    private(set) var fieldCount = 0
    private(set) var strayLineBreakCount = 0
    private(set) var blankLineCount = 0
    private(set) var lineEnd: LineEnd?
    /// Which limit was met. A bare byte, because it is asked for at every word of the text.
    private(set) var excess = Excess.none
    private var segmentStart = 0
    private var firstField = 0
    /// The byte that ends segments.
    private var terminator: UInt8 = 0x0D

    enum Excess: UInt8, Sendable {
        case none, fields, segments
    }

    init(separator: UInt8, capacity: Int, segmentLimit: Int) {
        self.separator = separator
        self.capacity = max(capacity, 1)
        self.segmentLimit = segmentLimit
        entries.reserveCapacity(16)
    }

    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let lows: UInt64 = 0x7F7F_7F7F_7F7F_7F7F

    /// The high bit of every byte of `word` that is zero, and no other bit.
    @inline(__always)
    private static func zeroBytes(_ word: UInt64) -> UInt64 { ~(((word & lows) &+ lows) | word | lows) }

    mutating func run(
        _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, _ starts: UnsafeMutableBufferPointer<UInt32>
    ) {
        terminator = hasEndingReturn(bytes, from: start) ? 0x0D : 0x0A
        segmentStart = start
        starts[0] = UInt32(truncatingIfNeeded: start)
        fieldCount = 1
        let raw = UnsafeRawBufferPointer(bytes)
        let separators = Self.ones &* UInt64(separator)
        var position = start
        // Everything below this was dealt with while looking past a line end.
        var done = start
        while position &+ 8 <= raw.count {
            let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            // 0x08 to 0x0F, which holds both line ends; the others are sorted out below.
            let breaks = Self.zeroBytes((word | (Self.ones &* 7)) ^ (Self.ones &* 0x0F))
            var hits = Self.zeroBytes(word ^ separators)
            if breaks == 0, position >= done, fieldCount &+ 8 <= capacity {
                // The usual word: separators at most, all of them in sight, and room for them.
                var count = fieldCount
                while hits != 0 {
                    starts[count] = UInt32(truncatingIfNeeded: position &+ hits.trailingZeroBitCount >> 3 &+ 1)
                    count &+= 1
                    hits &= hits &- 1
                }
                fieldCount = count
            } else {
                hits |= breaks
                while hits != 0 {
                    let place = position &+ hits.trailingZeroBitCount >> 3
                    hits &= hits &- 1
                    if place >= done { done = take(bytes, place, starts) }
                }
                if excess != .none { return }
            }
            position &+= 8
        }
        while position < bytes.count {
            if position >= done { done = take(bytes, position, starts) }
            if excess != .none { return }
            position &+= 1
        }
        close(at: bytes.count, bytes)
    }

    /// Deals with the byte at `place`, and returns where to go on.
    @inline(__always)
    private mutating func take(
        _ bytes: UnsafeBufferPointer<UInt8>, _ place: Int, _ starts: UnsafeMutableBufferPointer<UInt32>
    ) -> Int {
        let byte = bytes[place]
        if byte == separator {
            open(place &+ 1, starts)
            return place &+ 1
        }
        return byte.isLineBreak ? takeLineBreak(bytes, place, starts) : place &+ 1
    }

    @inline(__always)
    private mutating func open(_ field: Int, _ starts: UnsafeMutableBufferPointer<UInt32>) {
        guard fieldCount < capacity else {
            excess = .fields
            return
        }
        starts[fieldCount] = UInt32(truncatingIfNeeded: field)
        fieldCount &+= 1
    }

    private mutating func takeLineBreak(
        _ bytes: UnsafeBufferPointer<UInt8>, _ place: Int, _ starts: UnsafeMutableBufferPointer<UInt32>
    ) -> Int {
        guard bytes[place] == terminator else { return passForeignBreak(bytes, place) }
        let following = Self.firstOfText(bytes, after: place)
        guard let next = segment(bytes, at: following, afterReturn: terminator == 0x0D) else {
            strayLineBreakCount += 1
            return following
        }
        if lineEnd == nil {
            let isPair = place + 1 < bytes.count && bytes[place] == 0x0D && bytes[place + 1] == 0x0A
            lineEnd = isPair ? .both : terminator == 0x0D ? .carriageReturn : .lineFeed
        }
        if next - place > 1 {
            let ends = bytes[place..<next].count { $0 == terminator }
            blankLineCount += ends - 1
        }
        close(at: place, bytes)
        guard entries.count < segmentLimit else {
            excess = .segments
            return next
        }
        segmentStart = next
        firstField = fieldCount
        open(next, starts)
        return next
    }

    /// The other line end than the one that ends segments.
    private mutating func passForeignBreak(_ bytes: UnsafeBufferPointer<UInt8>, _ place: Int) -> Int {
        var rest = place
        while rest < bytes.count, bytes[rest] != terminator, bytes[rest].isLineBreak { rest += 1 }
        // A line feed right in front of a return belongs to that line end, which is looked at next.
        if rest < bytes.count, bytes[rest] == terminator { return rest }
        strayLineBreakCount += 1
        return rest
    }

    private mutating func close(at position: Int, _ bytes: UnsafeBufferPointer<UInt8>) {
        var end = position
        if terminator == 0x0D, position < bytes.count {
            while end > segmentStart + 3, bytes[end - 1] == 0x0A { end -= 1 }
        }
        let start = segmentStart
        let name = UInt32(bytes[start]) << 16 | UInt32(bytes[start + 1]) << 8 | UInt32(bytes[start + 2])
        entries.append(
            RawMessage.SegmentEntry(
                start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: end),
                firstField: UInt32(truncatingIfNeeded: firstField),
                fieldCount: UInt32(truncatingIfNeeded: fieldCount - firstField), sequence: 1, name: name))
    }

    /// Past line ends and blanks. Nobody looks at these bytes again, so that a run of them costs its length only.
    private static func firstOfText(_ bytes: UnsafeBufferPointer<UInt8>, after place: Int) -> Int {
        var position = place
        while position < bytes.count, bytes[position].isBlankOrBreak { position += 1 }
        return position
    }

    /// `start`, if a segment begins there.
    ///
    /// A bare name is a segment without fields only after a carriage return: after a line feed it may well be a word.
    private func segment(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int, afterReturn: Bool) -> Int? {
        guard start + 3 <= bytes.count, bytes[start].isCapital, bytes[start + 1].isCapitalOrDigit,
            bytes[start + 2].isCapitalOrDigit
        else { return nil }
        if start + 3 == bytes.count || bytes[start + 3].isLineBreak { return afterReturn ? start : nil }
        return bytes[start + 3] == separator ? start : nil
    }

    /// Whether any carriage return ends a segment. In most messages it is the first.
    private func hasEndingReturn(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Bool {
        guard let base = bytes.baseAddress else { return false }
        var position = start
        while position < bytes.count, let found = memchr(base + position, 0x0D, bytes.count - position) {
            let place = UnsafeRawPointer(found) - UnsafeRawPointer(base)
            position = Self.firstOfText(bytes, after: place)
            if segment(bytes, at: position, afterReturn: true) != nil { return true }
        }
        return false
    }
}

extension UInt8 {
    var isCapital: Bool { (0x41...0x5A).contains(self) }
    var isCapitalOrDigit: Bool { isCapital || (0x30...0x39).contains(self) }
}
