import CZlib

/// Writes one gzip stream (RFC 1952).
package final class GzipWriter {
    // On the heap, because zlib keeps the address of its state.
    private let stream: UnsafeMutablePointer<z_stream>

    /// Nil if zlib has no memory.
    /// - Parameter level: of compression, 1 (fast) to 9 (small).
    package init?(level: Int) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard martlet_gzip_deflate_init(stream, Int32(level)) == Z_OK else {
            stream.deallocate()
            return nil
        }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// Greatest size of what `count` bytes become.
    package func bound(_ count: Int) -> Int { Int(deflateBound(stream, UInt(count))) }

    /// Writes all of `input` as a whole stream into `target`, which has room for `bound` bytes; gives the number of
    /// bytes written, nil if zlib fails. May be called once.
    package func write(_ input: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) -> Int? {
        // zlib reads the input through a pointer that it declares mutable but does not write to.
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.bindMemory(to: UInt8.self).baseAddress)
        stream.pointee.avail_in = UInt32(input.count)
        stream.pointee.next_out = target.bindMemory(to: UInt8.self).baseAddress
        stream.pointee.avail_out = UInt32(target.count)
        guard deflate(stream, Z_FINISH) == Z_STREAM_END else { return nil }
        return target.count - Int(stream.pointee.avail_out)
    }
}

extension GzipWriter {
    /// The gzip form of `bytes`; nil if zlib fails.
    package static func compress(_ bytes: [UInt8], level: Int = 6) -> [UInt8]? {
        guard let writer = GzipWriter(level: level) else { return nil }
        var isComplete = false
        let output = [UInt8](unsafeUninitializedCapacity: writer.bound(bytes.count)) { target, count in
            let written = bytes.withUnsafeBytes { writer.write($0, into: UnsafeMutableRawBufferPointer(target)) }
            isComplete = written != nil
            count = written ?? 0
        }
        return isComplete ? output : nil
    }
}
