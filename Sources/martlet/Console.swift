import Glibc

/// The two ways out of the program.
enum Console {
    /// Words for people: a line on stderr.
    static func say(_ text: String) { put(text + "\n", on: STDERR_FILENO) }

    /// Data for programs: a line on stdout.
    static func data(_ text: String) { put(text + "\n", on: STDOUT_FILENO) }

    /// Words that stay on their line, on stderr.
    static func show(_ text: String) { put(text, on: STDERR_FILENO) }

    private static func put(_ text: String, on descriptor: Int32) {
        var text = text
        text.withUTF8 { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = write(
                    descriptor, UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: rest)).baseAddress, rest.count)
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
            }
        }
    }
}
