import Glibc

/// The few file operations that setting up a cluster takes. Each is short; none waits for anything but the disk.
enum FileAccess {
    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    static func isExecutable(_ path: String) -> Bool { access(path, X_OK) == 0 }

    /// The path without symbolic links; nil where there is nothing.
    static func resolved(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }

    static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
        return String(path[..<slash])
    }

    /// The account that owns a file; nil where there is none.
    static func owner(of path: String) -> uid_t? {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_uid : nil
    }

    /// Makes a folder and those above it, as `mkdir -p` does.
    static func makeFolders(_ path: String) throws(PostgreSQLError) {
        if exists(path) || path.isEmpty { return }
        try makeFolders(parent(of: path))
        guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw failure("make the folder", path) }
    }

    /// Makes sure of a folder that belongs to `account` and that nobody else can look into.
    static func makePrivateFolder(_ path: String, for account: ServerAccount) throws(PostgreSQLError) {
        if mkdir(path, 0o700) == 0 {
            guard chown(path, account.userID, account.groupID) == 0 else { throw failure("give away", path) }
            return
        }
        var status = stat()
        // Not followed if a link: in a shared folder somebody else could have laid it there.
        guard errno == EEXIST, lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR,
            status.st_uid == account.userID, status.st_mode & 0o077 == 0
        else { throw failure("use as a private folder", path) }
    }

    /// The whole of a small file; nil where it cannot be read.
    static func read(_ path: String, limit: Int = 64 << 10) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var buffer = [UInt8](repeating: 0, count: limit)
        let count = Glibc.read(file, &buffer, limit)
        return count < 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self)
    }

    /// Writes a file that belongs to `account`, in place of what is there.
    static func write(
        _ text: String, to path: String, append: Bool = false, for account: ServerAccount
    )
        throws(PostgreSQLError)
    {
        let flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | (append ? O_APPEND : O_TRUNC)
        let file = open(path, flags, 0o600)
        guard file >= 0 else { throw failure("write", path) }
        defer { close(file) }
        let bytes = Array(text.utf8)
        guard Glibc.write(file, bytes, bytes.count) == bytes.count, fchown(file, account.userID, account.groupID) == 0
        else { throw failure("write", path) }
    }

    static func remove(_ path: String) { unlink(path) }

    /// The names in a folder, without `.` and `..`.
    static func names(in path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Deletes a folder and what is in it; links inside are deleted, not followed.
    static func removeTree(_ path: String) {
        for name in names(in: path) {
            let inner = path + "/" + name
            var status = stat()
            guard lstat(inner, &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR { removeTree(inner) } else { unlink(inner) }
        }
        rmdir(path)
    }

    static func failure(_ action: String, _ path: String) -> PostgreSQLError {
        PostgreSQLError(.cluster, "cannot \(action) \(path): \(String(cString: strerror(errno)))")
    }
}
