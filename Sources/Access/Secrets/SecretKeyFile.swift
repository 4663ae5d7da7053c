import Glibc

/// Where the master key comes from: the environment, a file, or one that is made at the first start.
package enum SecretKeyFile {
    /// Why there is no key. Says nothing of its content.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// - Parameters:
    ///   - text: 64 hexadecimal digits (`MARTLET_SECRET_KEY`), before any file.
    ///   - path: of a file that holds them and has to exist (`MARTLET_SECRET_KEY_FILE`).
    ///   - dataDirectory: where the file is made if neither is given.
    package static func load(text: String?, path: String?, dataDirectory: String) throws -> SecretBox {
        if let text { return SecretBox(key: try key(in: text, "MARTLET_SECRET_KEY")) }
        if let path { return SecretBox(key: try key(in: try read(path, isOurs: false), path)) }
        let usual = dataDirectory + (dataDirectory.hasSuffix("/") ? "" : "/") + "secret.key"
        if access(usual, F_OK) != 0 { try make(usual, in: dataDirectory) }
        return SecretBox(key: try key(in: try read(usual, isOurs: true), usual))
    }

    private static func key(in text: String, _ place: String) throws -> [UInt8] {
        let digits = Array(text.utf8.filter { $0 > 0x20 })
        guard digits.count == 2 * SecretBox.keyByteCount else {
            throw Failure(description: "\(place) does not hold a key of 64 hexadecimal digits")
        }
        return try stride(from: 0, to: digits.count, by: 2).map { index in
            guard let byte = UInt8(String(decoding: digits[index..<index + 2], as: UTF8.self), radix: 16) else {
                throw Failure(description: "\(place) does not hold a key of 64 hexadecimal digits")
            }
            return byte
        }
    }

    /// Who may read a file that was handed to us, as secrets of containers are, is the giver's matter.
    private static func read(_ path: String, isOurs: Bool) throws -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw Failure(description: "the key file \(path) cannot be read (errno \(errno))") }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw Failure(description: "\(path) is no file")
        }
        guard !isOurs || status.st_mode & 0o077 == 0 else {
            throw Failure(description: "\(path) can be read by others than its owner: chmod 600")
        }
        var buffer = [UInt8](repeating: 0, count: 1024)
        let count = Glibc.read(file, &buffer, buffer.count)
        return String(decoding: buffer[..<max(0, count)], as: UTF8.self)
    }

    /// Written under another name and then linked, so that of two who start at once both read one whole key.
    private static func make(_ path: String, in directory: String) throws {
        _ = mkdir(directory, 0o700)
        let draft = path + ".\(getpid())"
        let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Failure(description: "the key file \(path) cannot be made (errno \(errno))") }
        defer { unlink(draft) }
        let text = Array((RandomToken.make() + "\n").utf8)
        let isWritten = write(file, text, text.count) == text.count && fsync(file) == 0
        close(file)
        guard isWritten, link(draft, path) == 0 || errno == EEXIST else {
            throw Failure(description: "the key file \(path) cannot be written (errno \(errno))")
        }
    }
}
