/// A parsed JSON text: its bytes and a flat tape of entries that point into them.
///
///     {"a":[1,true]}        tape index   kind     count/length   offset or end
///                           0            object   1              end 7
///                           1            (bytes 0 ..< 14 of the object)
///                           2            string   1              2        the key a
///                           3            array    2              end 7
///                           4            (bytes 5 ..< 13 of the array)
///                           5            number   1              6
///                           6            true     4              8
///
/// A scalar takes one word: kind (4 bits), byte length (28), byte offset (32). A container takes two: kind, count of
/// members, tape index past its last entry; then its first and past-last byte. Strings stay raw slices (without the
/// quotes), numbers stay text, so nothing is lost or allocated per element.
///
/// Immutable once made, hence `Sendable` although it owns raw memory.
package final class Document: @unchecked Sendable {
    /// Index of an entry on the tape.
    package typealias Index = Int

    /// What an entry is.
    package enum Kind: UInt8, Sendable {
        case null, `true`, `false`, number
        /// A string whose bytes are its value.
        case string
        /// A string with escape sequences in it.
        case escapedString
        case array, object
    }

    /// The text, followed by 16 zero bytes that let scanners read whole words.
    @usableFromInline let storage: UnsafeMutablePointer<UInt8>
    /// Size of the text in bytes.
    package let byteCount: Int
    @usableFromInline let tape: UnsafeMutablePointer<UInt64>
    package let entryCount: Int
    /// Places of values in the text of another format that this one was made from, by offset; empty for JSON.
    package let places: [TextPlace]

    /// Parses `bytes`.
    ///
    /// A leading UTF-8 byte order mark is skipped. Throws where the text breaks RFC 8259 or a limit.
    /// - Parameter places: where values stood in the text of another format that `bytes` was made from, by offset.
    package static func parse(
        _ bytes: UnsafeBufferPointer<UInt8>, limits: JSONLimits = JSONLimits(), places: [TextPlace] = []
    ) throws(JSONSyntaxError) -> Document {
        let maximumByteCount = min(limits.maximumByteCount, Self.greatestByteCount)
        guard bytes.count <= maximumByteCount else { throw JSONSyntaxError(.tooLarge, at: maximumByteCount) }
        let storage = UnsafeMutablePointer<UInt8>.allocate(capacity: bytes.count + padding)
        if let base = bytes.baseAddress { storage.initialize(from: base, count: bytes.count) }
        (storage + bytes.count).initialize(repeating: 0, count: padding)
        var parser = JSONParser(storage, count: bytes.count, limits: limits)
        defer { parser.finish() }
        do {
            try parser.parseDocument()
        } catch {
            storage.deallocate()
            parser.tape.deallocate()
            throw error
        }
        return Document(
            storage: storage, byteCount: bytes.count, tape: parser.tape, entryCount: parser.tapeCount,
            places: places)
    }

    /// Parses `bytes`; throws where the text breaks RFC 8259 or a limit.
    package static func parse(
        _ bytes: [UInt8], limits: JSONLimits = JSONLimits()
    ) throws(JSONSyntaxError) -> Document {
        try bytes.withUnsafeBufferPointer { buffer throws(JSONSyntaxError) in
            try parse(buffer, limits: limits)
        }
    }

    /// Parses `text`; throws where the text breaks RFC 8259 or a limit.
    package static func parse(
        _ text: String, limits: JSONLimits = JSONLimits()
    ) throws(JSONSyntaxError) -> Document {
        try parse(Array(text.utf8), limits: limits)
    }

    /// What 28-bit lengths can describe.
    private static let greatestByteCount = (1 << 28) - 1

    /// Zero bytes kept behind the text.
    private static let padding = 16

    private init(
        storage: UnsafeMutablePointer<UInt8>, byteCount: Int, tape: UnsafeMutablePointer<UInt64>, entryCount: Int,
        places: [TextPlace]
    ) {
        self.storage = storage
        self.byteCount = byteCount
        self.tape = tape
        self.entryCount = entryCount
        self.places = places
    }

    deinit {
        storage.deallocate()
        tape.deallocate()
    }
}
