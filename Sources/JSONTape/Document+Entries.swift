/// Reading the tape by index: what hot loops use. `JSONNode` wraps the same for everything else.
extension Document {
    /// The entry of the outermost value.
    package static var root: Index { 0 }

    @inlinable package func kind(_ index: Index) -> Kind { Self.kind(of: tape[index]) }

    /// Number of members of an object or array, length in bytes of a scalar's text.
    @inlinable package func count(_ index: Index) -> Int { Self.length(of: tape[index]) }

    /// Index of the entry behind this value and everything in it.
    @inlinable package func next(_ index: Index) -> Index {
        let word = tape[index]
        return word >> 60 >= UInt64(Kind.array.rawValue) ? Self.offset(of: word) : index &+ 1
    }

    /// Index of a container's first entry: the first element of an array, the first key of an object.
    @inlinable package func firstChild(_ index: Index) -> Index { index &+ 2 }

    /// Text of a scalar: a string without its quotes and with its escapes, a number or literal as written.
    /// Valid as long as the document lives.
    @inlinable package func rawText(_ index: Index) -> UnsafeBufferPointer<UInt8> {
        let word = tape[index]
        return UnsafeBufferPointer(start: storage + Self.offset(of: word), count: Self.length(of: word))
    }

    /// Bytes of any value as they stood in the text, quotes and brackets included.
    package func source(_ index: Index) -> UnsafeBufferPointer<UInt8> {
        let range = byteRange(index)
        return UnsafeBufferPointer(start: storage + range.lowerBound, count: range.count)
    }

    /// The whole text. Valid as long as the document lives.
    package var text: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: storage, count: byteCount) }

    /// Where the value stands in the text, quotes and brackets included.
    package func byteRange(_ index: Index) -> Range<Int> {
        let word = tape[index]
        switch kind(index) {
        case .array, .object:
            let extent = tape[index + 1]
            return Int(extent >> 32)..<Int(extent & 0xFFFF_FFFF)
        case .string, .escapedString:
            let start = Self.offset(of: word)
            return start - 1..<start + Self.length(of: word) + 1
        default:
            let start = Self.offset(of: word)
            return start..<start + Self.length(of: word)
        }
    }

    /// Value of the member `key` of the object at `index`; nil if it has none or is no object.
    package func member(_ key: StaticString, of index: Index) -> Index? {
        member(UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount), of: index)
    }

    /// Value of the member whose name has these UTF-8 bytes; nil if there is none or this is no object.
    package func member(_ key: UnsafeBufferPointer<UInt8>, of index: Index) -> Index? {
        guard kind(index) == .object else { return nil }
        let end = next(index)
        var child = firstChild(index)
        while child < end {
            if isString(child, equalTo: key) { return child + 1 }
            child = next(child + 1)
        }
        return nil
    }

    /// Value of the member `key`, whose text is not known at compile time.
    package func member(named key: String, of index: Index) -> Index? {
        var key = key
        return key.withUTF8 { member($0, of: index) }
    }

    /// Whether the string at `index` has exactly these UTF-8 bytes as its value.
    @inlinable package func isString(_ index: Index, equalTo value: UnsafeBufferPointer<UInt8>) -> Bool {
        let word = tape[index]
        if Self.kind(of: word) == .string {
            guard Self.length(of: word) == value.count else { return false }
            let start = storage + Self.offset(of: word)
            for offset in 0..<value.count where start[offset] != value[offset] { return false }
            return true
        }
        return Self.kind(of: word) == .escapedString && JSONEscape.decode(rawText(index)).elementsEqual(value)
    }

    @inlinable package func isString(_ index: Index, equalTo value: StaticString) -> Bool {
        isString(index, equalTo: UnsafeBufferPointer(start: value.utf8Start, count: value.utf8CodeUnitCount))
    }

    /// Calls `body` with the value of the string at `index`, escapes decoded; other kinds give their text.
    @inlinable package func withString<Result, Failure: Error>(
        _ index: Index, _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // The pointers given to `body` do not keep the document alive by themselves.
        defer { withExtendedLifetime(self) {} }
        if kind(index) != .escapedString { return try body(rawText(index)) }
        let decoded = JSONEscape.decode(rawText(index))
        let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: decoded.count)
        defer { copy.deallocate() }
        _ = copy.initialize(from: decoded)
        return try body(UnsafeBufferPointer(copy))
    }

    /// Value of the string at `index` (escapes decoded), or the text of a number or literal.
    package func string(_ index: Index) -> String {
        withString(index) { String(decoding: $0, as: UTF8.self) }
    }

    // MARK: - Words

    @inlinable static func kind(of word: UInt64) -> Kind {
        // Only words made by `word(_:length:offset:)` stand on a tape, so the four bits are always a kind.
        unsafeBitCast(UInt8(truncatingIfNeeded: word >> 60), to: Kind.self)
    }

    @inlinable static func length(of word: UInt64) -> Int { Int(truncatingIfNeeded: word >> 32 & 0x0FFF_FFFF) }

    @inlinable static func offset(of word: UInt64) -> Int { Int(truncatingIfNeeded: word & 0xFFFF_FFFF) }

    static func word(_ kind: Kind, length: Int, offset: Int) -> UInt64 {
        UInt64(kind.rawValue) << 60 | UInt64(length) << 32 | UInt64(offset)
    }
}
