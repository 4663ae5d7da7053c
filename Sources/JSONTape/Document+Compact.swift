/// Writing a parsed value back without white space.
extension Document {
    /// Appends the container at `index` to `output`, without the white space between its tokens.
    ///
    /// Scalars are copied as they stand. What lies between two of them is a few brackets, colons, commas, quotes and
    /// perhaps white space; everything but the latter is kept. The result is never longer than the source.
    func appendCompact(_ index: Index, to output: inout [UInt8]) {
        let range = byteRange(index)
        let start = output.count
        // Filled with zeros first because an array offers no uninitialised tail; the clearing costs 2 % of the copy.
        output.append(contentsOf: repeatElement(0, count: range.count))
        let written = output.withUnsafeMutableBufferPointer { buffer in
            // Not empty: a container has at least its two brackets.
            writeCompact(index, range, to: buffer.baseAddress! + start)
        }
        output.removeLast(range.count - written)
    }

    /// Returns the number of bytes written.
    private func writeCompact(_ index: Index, _ range: Range<Int>, to target: UnsafeMutablePointer<UInt8>) -> Int {
        var position = range.lowerBound
        var written = 0
        let end = next(index)
        var entry = index
        while entry < end {
            let word = tape[entry]
            if word >> 60 >= UInt64(Kind.array.rawValue) {
                entry &+= 2
                continue
            }
            let scalar = Self.offset(of: word)
            let length = Self.length(of: word)
            copyTokens(&position, until: scalar, to: target, &written)
            copyScalar(from: storage + scalar, to: target + written, length)
            written &+= length
            position = scalar &+ length
            entry &+= 1
        }
        copyTokens(&position, until: range.upperBound, to: target, &written)
        return written
    }

    @inline(__always)
    private func copyTokens(
        _ position: inout Int, until end: Int, to target: UnsafeMutablePointer<UInt8>, _ written: inout Int
    ) {
        while position < end {
            let byte = storage[position]
            // Written in any case, kept only if it is no white space: cheaper than a branch that cannot be foreseen.
            target[written] = byte
            written &+= byte > 0x20 ? 1 : 0
            position &+= 1
        }
    }

    @inline(__always)
    private func copyScalar(from source: UnsafePointer<UInt8>, to target: UnsafeMutablePointer<UInt8>, _ length: Int) {
        target.update(from: source, count: length)
    }
}
