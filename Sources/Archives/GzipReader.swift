import CZlib

/// Reads one gzip or zlib stream piece by piece (RFC 1952, RFC 1950).
package final class GzipReader {
    /// Why a stream cannot be read.
    package enum Failure: Error {
        /// The bytes are no gzip or zlib stream, or end early.
        case malformed
        /// More would come out than the limit allows: guards against bombs.
        case tooLarge
    }

    // On the heap, because zlib keeps the address of its state.
    private let stream: UnsafeMutablePointer<z_stream>
    /// Whether the stream has ended.
    package private(set) var isAtEnd = false

    package init() throws(Failure) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard martlet_gzip_inflate_init(stream) == Z_OK else {
            stream.deallocate()
            throw .malformed
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Takes bytes from the front of `input` and fills `target` as far as they go; gives the number of bytes written.
    package func read(
        _ input: inout UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
    ) throws(Failure) -> Int {
        // zlib reads the input through a pointer that it declares mutable but does not write to.
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.bindMemory(to: UInt8.self).baseAddress)
        stream.pointee.avail_in = UInt32(input.count)
        stream.pointee.next_out = target.bindMemory(to: UInt8.self).baseAddress
        stream.pointee.avail_out = UInt32(target.count)
        let status = inflate(stream, Z_NO_FLUSH)
        let rest = Int(stream.pointee.avail_in)
        input = UnsafeRawBufferPointer(rebasing: input.suffix(rest))
        // Z_BUF_ERROR only says that nothing could be done with what is there.
        guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else { throw .malformed }
        isAtEnd = status == Z_STREAM_END
        return target.count - Int(stream.pointee.avail_out)
    }
}

extension GzipReader {
    private static let chunkSize = 64 << 10

    /// The plain form of a whole stream, of at most `limit` bytes.
    package static func decompress(_ bytes: [UInt8], limit: Int) throws(Failure) -> [UInt8] {
        let reader = try GzipReader()
        var output: [UInt8] = []
        var failure: Failure?
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: chunkSize, alignment: 16)
        defer { chunk.deallocate() }
        bytes.withUnsafeBytes { bytes in
            var input = bytes
            while !reader.isAtEnd, failure == nil, output.count <= limit {
                let before = input.count
                do throws(Failure) {
                    let count = try reader.read(&input, into: chunk)
                    output.append(contentsOf: chunk.prefix(count))
                    // Nothing moved: the stream ends early.
                    if count == 0, input.count == before, !reader.isAtEnd { failure = .malformed }
                } catch {
                    failure = error
                }
            }
        }
        if output.count > limit { throw .tooLarge }
        if let failure { throw failure }
        return output
    }
}
