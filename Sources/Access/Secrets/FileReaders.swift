import Glibc

/// Who besides its owner may read a file.
package struct FileReaders: Sendable {
    /// In words: everybody, or its group.
    package let words: String

    /// Nil where nobody else may, or where there is no such file.
    package init?(of path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        if status.st_mode & 0o006 != 0 {
            words = "everybody on this machine"
        } else if status.st_mode & 0o060 != 0 {
            words = "its group"
        } else {
            return nil
        }
    }
}
