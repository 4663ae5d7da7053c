import Glibc

/// How often a second the disk takes 8 kB for good: what durable writes hang on.
enum FlushRate {
    /// Flushes per second and the median of one in microseconds, in a file within `folder`.
    static func measure(in folder: String, seconds: Double = 1) -> (perSecond: Double, medianMicroseconds: Double) {
        let path = folder + "/flush-test"
        let file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0o600)
        guard file >= 0 else { return (0, 0) }
        defer {
            close(file)
            unlink(path)
        }
        var block = [UInt8](repeating: 0x55, count: 8192)
        // As PostgreSQL's log does, write within a file of full length.
        for _ in 0..<256 { _ = write(file, block, block.count) }
        fsync(file)
        var durations = LatencyHistogram()
        let start = MonotonicTime.now
        var last = start
        var position = 0
        while last - start < UInt64(seconds * 1e9) {
            block[0] &+= 1
            pwrite(file, block, block.count, position % 256 * block.count)
            fdatasync(file)
            position += 1
            let now = MonotonicTime.now
            durations.record(now - last)
            last = now
        }
        return (Double(position) / (Double(last - start) / 1e9), (durations.milliseconds(at: 0.5) ?? 0) * 1000)
    }
}
