/// Why an archive cannot be read.
package struct ArchiveError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// No gzip stream, or none that holds a tar archive.
        case malformed
        /// The archive ends within a file.
        case endsEarly
        /// More would come out than the limits allow.
        case tooLarge
        /// An entry has a name or a kind that no plain file in the archive's own folder has.
        case unsafeEntry
    }

    package var code: Code
    /// For people; quotes names of entries at most.
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}

/// What reading one archive may cost.
package struct ArchiveLimits: Sendable {
    /// Greatest size of everything, unpacked, in bytes.
    package var byteCount: Int
    /// Greatest size of one file, in bytes.
    package var entryByteCount: Int
    /// Greatest number of entries of any kind.
    package var entryCount: Int

    package init(byteCount: Int = 1 << 30, entryByteCount: Int = 64 << 20, entryCount: Int = 50_000) {
        self.byteCount = byteCount
        self.entryByteCount = entryByteCount
        self.entryCount = entryCount
    }
}
