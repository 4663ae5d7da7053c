import Archives
package import NIOCore

/// Compression of request and response bodies (RFC 9110 §8.4.1).
package enum GzipCodec {
    package enum Failure: Error {
        /// The bytes are no gzip or zlib stream, or end early.
        case malformed
        /// More would come out than the limit allows: guards against bombs.
        case tooLarge
    }

    /// Level 4: on FHIR JSON about as small as zlib's default at twice its speed.
    private static let level = 4
    private static let chunkSize = 64 << 10

    /// The gzip form of `bytes`; nil if zlib fails, so that the caller sends them plain.
    package static func compress(_ bytes: [UInt8]) -> ByteBuffer? {
        guard let writer = GzipWriter(level: level) else { return nil }
        var output = ByteBuffer()
        var isComplete = false
        output.writeWithUnsafeMutableBytes(minimumWritableBytes: writer.bound(bytes.count)) { target in
            let count = bytes.withUnsafeBytes { writer.write($0, into: target) }
            isComplete = count != nil
            return count ?? 0
        }
        return isComplete ? output : nil
    }

    /// The plain form of a gzip or zlib stream, of at most `limit` bytes.
    package static func decompress(_ input: ByteBuffer, limit: Int) throws(Failure) -> ByteBuffer {
        guard let reader = try? GzipReader() else { throw .malformed }
        var output = ByteBuffer()
        var isMalformed = false
        input.withUnsafeReadableBytes { bytes in
            var rest = bytes
            while !reader.isAtEnd, !isMalformed, output.readableBytes <= limit {
                let before = (rest.count, output.readableBytes)
                output.writeWithUnsafeMutableBytes(minimumWritableBytes: chunkSize) { target in
                    let room = UnsafeMutableRawBufferPointer(rebasing: target.prefix(chunkSize))
                    let count = try? reader.read(&rest, into: room)
                    isMalformed = count == nil
                    return count ?? 0
                }
                // Nothing moved: the stream ends early.
                if before == (rest.count, output.readableBytes) { break }
            }
        }
        if output.readableBytes > limit { throw .tooLarge }
        guard !isMalformed, reader.isAtEnd else { throw .malformed }
        return output
    }
}
