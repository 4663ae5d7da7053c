import Glibc

/// Reads a file line by line, however large it is.
final class LineReader {
    private let file: UnsafeMutablePointer<FILE>
    private var line: UnsafeMutablePointer<CChar>?
    private var capacity = 0

    /// Nil if the file cannot be opened.
    init?(path: String) {
        guard let file = fopen(path, "r") else { return nil }
        self.file = file
    }

    /// The next line without its end; nil behind the last.
    func next() -> [UInt8]? {
        let count = getline(&line, &capacity, file)
        guard count >= 0, let line else { return nil }
        var bytes = line.withMemoryRebound(to: UInt8.self, capacity: count) {
            Array(UnsafeBufferPointer(start: $0, count: count))
        }
        while bytes.last == 0x0A || bytes.last == 0x0D { bytes.removeLast() }
        return bytes
    }

    deinit {
        free(line)
        fclose(file)
    }
}
