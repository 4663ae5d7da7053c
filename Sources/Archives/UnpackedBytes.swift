/// The bytes of an archive in order, decompressed on the way where it is compressed.
final class UnpackedBytes {
    private let archive: [UInt8]
    private let limit: Int
    /// Nil for an archive that is not compressed.
    private let gzip: GzipReader?
    /// How far the archive was read.
    private var position = 0
    /// What was decompressed and not taken yet.
    private var buffer: [UInt8] = []
    private var bufferStart = 0
    private var byteCount = 0
    private let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)

    init(_ archive: [UInt8], limit: Int) throws(ArchiveError) {
        self.archive = archive
        self.limit = limit
        let isCompressed = archive.starts(with: [0x1F, 0x8B])
        do throws(GzipReader.Failure) {
            gzip = isCompressed ? try GzipReader() : nil
        } catch {
            throw ArchiveError(.malformed, "the archive cannot be unpacked")
        }
    }

    deinit { chunk.deallocate() }

    /// The next `count` bytes; fewer at the end.
    func take(_ count: Int) throws(ArchiveError) -> [UInt8] {
        guard gzip != nil else {
            let end = min(position + count, archive.count)
            defer { position = end }
            return Array(archive[position..<end])
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count {
            if bufferStart == buffer.count, try !fill() { break }
            let end = min(buffer.count, bufferStart + count - bytes.count)
            bytes += buffer[bufferStart..<end]
            bufferStart = end
        }
        return bytes
    }

    /// Passes `count` bytes over; throws if there are fewer.
    func skip(_ count: Int) throws(ArchiveError) {
        var rest = count
        if gzip == nil {
            guard position + rest <= archive.count else { throw ArchiveError(.endsEarly, "the archive ends early") }
            position += rest
            return
        }
        while rest > 0 {
            if bufferStart == buffer.count, try !fill() {
                throw ArchiveError(.endsEarly, "the archive ends early")
            }
            let step = min(rest, buffer.count - bufferStart)
            bufferStart += step
            rest -= step
        }
    }

    /// Decompresses some more; false at the end.
    private func fill() throws(ArchiveError) -> Bool {
        guard let gzip, !gzip.isAtEnd else { return false }
        var failure: GzipReader.Failure?
        var count = 0
        archive.withUnsafeBytes { bytes in
            var input = UnsafeRawBufferPointer(rebasing: bytes[position...])
            do throws(GzipReader.Failure) {
                count = try gzip.read(&input, into: chunk)
            } catch {
                failure = error
            }
            position = bytes.count - input.count
        }
        guard failure == nil else { throw ArchiveError(.malformed, "the archive is damaged: no gzip stream") }
        if count == 0, !gzip.isAtEnd { throw ArchiveError(.endsEarly, "the archive ends early") }
        byteCount += count
        guard byteCount <= limit else {
            throw ArchiveError(.tooLarge, "the archive unpacks to more than \(limit >> 20) MiB")
        }
        buffer = Array(chunk.prefix(count))
        bufferStart = 0
        return count > 0
    }
}
