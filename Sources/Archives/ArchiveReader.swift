/// Reads the files of a `.tgz` or plain tar archive one after the other, unpacking as it goes.
///
///     512-byte header │ content, padded to 512 │ header │ content │ … │ two blocks of zeros
///
/// Works on bytes in memory and writes nothing. Names that lead out of the archive's folder, links and devices are
/// refused, not passed over: no honest package has them.
package struct ArchiveReader {
    /// One file.
    package struct Entry: Sendable {
        /// With `/` between its parts; never empty, absolute or with `..` in it.
        package var name: String
        package var byteCount: Int
    }

    private let limits: ArchiveLimits
    private let source: UnpackedBytes
    private var entryCount = 0
    /// Bytes of the current entry, and of its padding, that were not read yet.
    private var rest = 0
    private var padding = 0

    /// - Parameter archive: its bytes; compressed if they begin as gzip does.
    package init(_ archive: [UInt8], limits: ArchiveLimits = ArchiveLimits()) throws(ArchiveError) {
        self.limits = limits
        source = try UnpackedBytes(archive, limit: limits.byteCount)
    }

    /// The next file; nil at the end. Throws where the archive is damaged, hostile or too large.
    package mutating func next() throws(ArchiveError) -> Entry? {
        try source.skip(rest + padding)
        (rest, padding) = (0, 0)
        var longName: String?
        while true {
            let block = try source.take(TarHeader.byteCount)
            if block.isEmpty {
                // Some writers leave the closing blocks out, but none writes an archive without files.
                guard entryCount > 0, longName == nil else { throw Self.endsEarly }
                return nil
            }
            guard block.count == TarHeader.byteCount else { throw Self.endsEarly }
            if block.allSatisfy({ $0 == 0 }) { return nil }
            guard let header = TarHeader(block[...]) else { throw ArchiveError(.malformed, "this is no tar archive") }
            entryCount += 1
            guard entryCount <= limits.entryCount else {
                throw ArchiveError(.tooLarge, "the archive has more than \(limits.entryCount) entries")
            }
            let name = longName ?? header.name
            guard header.size <= limits.entryByteCount else {
                throw ArchiveError(
                    .tooLarge, "\(Self.shown(name)) is larger than \(limits.entryByteCount >> 20) MiB")
            }
            rest = header.size
            padding = (TarHeader.byteCount - header.size % TarHeader.byteCount) % TarHeader.byteCount
            switch header.kind {
            case .file:
                try Self.check(name)
                return Entry(name: name, byteCount: header.size)
            case .folder:
                try Self.check(name)
                longName = nil
            case .longName: longName = TarHeader.text(try attributes()[...])
            case .attributes: longName = TarHeader.path(inAttributes: try attributes()) ?? longName
            case .globalAttributes: break
            case .other:
                throw ArchiveError(.unsafeEntry, "\(Self.shown(name)) is neither file nor folder")
            }
            try source.skip(rest + padding)
            (rest, padding) = (0, 0)
        }
    }

    /// The content of the current file. May be called once for each; a file whose content nobody asks for is passed
    /// over.
    package mutating func content() throws(ArchiveError) -> [UInt8] {
        let bytes = try source.take(rest)
        guard bytes.count == rest else { throw Self.endsEarly }
        rest = 0
        return bytes
    }

    /// Names and attributes are short; larger ones are an attack.
    private mutating func attributes() throws(ArchiveError) -> [UInt8] {
        guard rest <= 1 << 16 else { throw ArchiveError(.tooLarge, "the archive has a name that is too long") }
        return try content()
    }

    private static func check(_ name: String) throws(ArchiveError) {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        let isSafe =
            !name.isEmpty && !name.hasPrefix("/") && !parts.contains("..") && !name.utf8.contains(UInt8(ascii: "\\"))
            && !name.utf8.contains { $0 < 0x20 }
        guard isSafe else {
            throw ArchiveError(.unsafeEntry, "the name \(shown(name)) leads out of the archive's folder")
        }
    }

    /// A name as messages may quote it.
    private static func shown(_ name: String) -> String {
        String(String.UnicodeScalarView(name.unicodeScalars.prefix(80).filter { $0.value >= 0x20 }))
    }

    private static let endsEarly = ArchiveError(.endsEarly, "the archive ends early")
}
