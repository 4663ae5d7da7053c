import CZlib
package import NIOCore

/// Compression of request and response bodies (RFC 9110 §8.4.1). The only importer of zlib.
package enum GzipCodec {
    package enum Failure: Error {
        /// The bytes are no gzip or zlib stream, or end early.
        case malformed
        /// More would come out than the limit allows: guards against bombs.
        case tooLarge
    }

    /// Level 4: on FHIR JSON about as small as zlib's default at twice its speed.
    private static let level: Int32 = 4
    private static let chunkSize = 64 << 10

    /// The gzip form of `bytes`; nil if zlib fails, so that the caller sends them plain.
    package static func compress(_ bytes: [UInt8]) -> ByteBuffer? {
        var stream = z_stream()
        guard martlet_gzip_deflate_init(&stream, level) == Z_OK else { return nil }
        defer { deflateEnd(&stream) }
        let bound = Int(deflateBound(&stream, UInt(bytes.count)))
        var output = ByteBuffer()
        // zlib reads the input through a pointer that it declares mutable but does not write to.
        let status = bytes.withUnsafeBufferPointer { input in
            stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            stream.avail_in = UInt32(input.count)
            var status: Int32 = Z_OK
            output.writeWithUnsafeMutableBytes(minimumWritableBytes: bound) { target in
                stream.next_out = target.bindMemory(to: UInt8.self).baseAddress
                stream.avail_out = UInt32(target.count)
                status = deflate(&stream, Z_FINISH)
                return target.count - Int(stream.avail_out)
            }
            return status
        }
        return status == Z_STREAM_END ? output : nil
    }

    /// The plain form of a gzip or zlib stream, of at most `limit` bytes.
    package static func decompress(_ input: ByteBuffer, limit: Int) throws(Failure) -> ByteBuffer {
        var stream = z_stream()
        guard martlet_gzip_inflate_init(&stream) == Z_OK else { throw .malformed }
        defer { inflateEnd(&stream) }
        var output = ByteBuffer()
        var status: Int32 = Z_OK
        input.withUnsafeReadableBytes { bytes in
            let source = bytes.bindMemory(to: UInt8.self)
            stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
            stream.avail_in = UInt32(source.count)
            while status == Z_OK, output.readableBytes <= limit {
                let before = (stream.avail_in, output.readableBytes)
                output.writeWithUnsafeMutableBytes(minimumWritableBytes: chunkSize) { target in
                    stream.next_out = target.bindMemory(to: UInt8.self).baseAddress
                    stream.avail_out = UInt32(chunkSize)
                    status = inflate(&stream, Z_NO_FLUSH)
                    return chunkSize - Int(stream.avail_out)
                }
                // Nothing moved: the stream ends early.
                if before == (stream.avail_in, output.readableBytes) { break }
            }
        }
        if output.readableBytes > limit { throw .tooLarge }
        guard status == Z_STREAM_END else { throw .malformed }
        return output
    }
}
