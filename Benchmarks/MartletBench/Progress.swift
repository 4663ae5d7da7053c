import Glibc

/// Words on standard error, so that standard output holds the report alone.
enum Progress {
    static func say(_ text: String) {
        let bytes = Array((text + "\n").utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }
}
