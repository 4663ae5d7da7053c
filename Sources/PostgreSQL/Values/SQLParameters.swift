/// The bound values of one execution, `$1` first, packed into one buffer. Numbers, times, arrays and bytes travel
/// in PostgreSQL's binary
/// format with their type declared; `text` is sent as text and takes the type that the statement gives to its place.
package struct SQLParameters: Sendable {
    /// Where a value lies in `storage`, and how PostgreSQL shall read it.
    struct Entry {
        /// Start in `storage`; -1 for NULL.
        var offset: Int32
        /// Without the terminating zero of text.
        var byteCount: Int32
        /// 0 where the statement decides.
        var type: UInt32
        var isBinary: Bool
    }

    private(set) var storage: [UInt8] = []
    private(set) var entries: [Entry] = []
    /// A text value held a zero byte, which PostgreSQL cannot store: such parameters are refused before they are sent.
    private(set) var hasZeroByte = false

    package init() {}

    /// How many values have been appended.
    package var count: Int { entries.count }

    /// What sending these values costs, about, in bytes.
    package var byteCount: Int { storage.count &+ entries.count &* 8 }

    /// Makes room for values of so many bytes in all.
    package mutating func reserveCapacity(count: Int, byteCount: Int) {
        entries.reserveCapacity(count)
        storage.reserveCapacity(byteCount)
    }

    // MARK: - Text

    /// Text whose type the statement decides: text, date, numeric, uuid and so on.
    package mutating func append(text: String) {
        var text = text
        text.withUTF8 { append(utf8: $0) }
    }

    /// As `append(text:)`; nil is NULL.
    package mutating func append(text: String?) {
        if let text { append(text: text) } else { appendNull() }
    }

    /// As `append(text:)`, from UTF-8 that the caller has validated.
    package mutating func append(utf8 bytes: UnsafeBufferPointer<UInt8>) {
        appendText(type: 0) { $0.append(contentsOf: bytes) }
    }

    /// As `append(text:)`, from UTF-8 that the caller has validated.
    package mutating func append(utf8 bytes: some Collection<UInt8>) {
        appendText(type: 0) { $0.append(contentsOf: bytes) }
    }

    /// A JSON document as text, declared `jsonb`.
    package mutating func append(jsonb bytes: some Collection<UInt8>) {
        appendText(type: PostgreSQLType.jsonb) { $0.append(contentsOf: bytes) }
    }

    /// A JSON document as text, declared `jsonb`.
    package mutating func append(jsonb bytes: UnsafeBufferPointer<UInt8>) {
        appendText(type: PostgreSQLType.jsonb) { $0.append(contentsOf: bytes) }
    }

    /// NULL of whatever type the statement expects.
    package mutating func appendNull() {
        entries.append(Entry(offset: -1, byteCount: 0, type: 0, isBinary: false))
    }

    // MARK: - Scalars, binary

    /// `bigint`.
    package mutating func append(int64 value: Int64) { appendInteger(value, type: PostgreSQLType.int8) }

    /// `bigint`; nil is NULL.
    package mutating func append(int64 value: Int64?) {
        if let value { append(int64: value) } else { appendNull() }
    }

    /// `integer`.
    package mutating func append(int32 value: Int32) { appendInteger(value, type: PostgreSQLType.int4) }

    /// `integer`; nil is NULL.
    package mutating func append(int32 value: Int32?) {
        if let value { append(int32: value) } else { appendNull() }
    }

    /// `smallint`.
    package mutating func append(int16 value: Int16) { appendInteger(value, type: PostgreSQLType.int2) }

    /// `boolean`.
    package mutating func append(bool value: Bool) {
        appendInteger(value ? 1 as UInt8 : 0, type: PostgreSQLType.bool)
    }

    /// `timestamptz`, in microseconds since 1970-01-01T00:00:00Z.
    package mutating func append(timestamp microsecondsSince1970: Int64) {
        appendInteger(PostgreSQLType.timestamp(microsecondsSince1970), type: PostgreSQLType.timestamptz)
    }

    /// `timestamptz`, in microseconds since 1970-01-01T00:00:00Z; nil is NULL.
    package mutating func append(timestamp microsecondsSince1970: Int64?) {
        if let microsecondsSince1970 { append(timestamp: microsecondsSince1970) } else { appendNull() }
    }

    /// `bytea`.
    package mutating func append(bytes: some Collection<UInt8>) {
        appendBinary(type: PostgreSQLType.bytea) { $0.append(contentsOf: bytes) }
    }

    // MARK: - Apart and together

    /// Each value for itself.
    package var separated: [SQLParameters] {
        entries.map { entry in
            var single = SQLParameters()
            single.hasZeroByte = hasZeroByte
            var own = entry
            if entry.offset >= 0 {
                let start = Int(entry.offset)
                // Text is followed by a zero byte.
                let end = start + Int(entry.byteCount) + (entry.isBinary ? 0 : 1)
                single.storage = Array(storage[start..<end])
                own.offset = 0
            }
            single.entries = [own]
            return single
        }
    }

    /// The values of others behind these.
    mutating func append(contentsOf other: SQLParameters) {
        let shift = Int32(storage.count)
        storage += other.storage
        hasZeroByte = hasZeroByte || other.hasZeroByte
        for var entry in other.entries {
            if entry.offset >= 0 { entry.offset += shift }
            entries.append(entry)
        }
    }

    // MARK: - Building blocks

    mutating func refuseZeroByte() { hasZeroByte = true }

    mutating func appendBinary(type: UInt32, _ write: (inout [UInt8]) -> Void) {
        let start = storage.count
        write(&storage)
        appendEntry(start: start, byteCount: storage.count - start, type: type, isBinary: true)
    }

    mutating func appendText(type: UInt32, _ write: (inout [UInt8]) -> Void) {
        let start = storage.count
        write(&storage)
        let end = storage.count
        if storage[start..<end].contains(0) { hasZeroByte = true }
        // libpq finds the end of text by its zero byte.
        storage.append(0)
        appendEntry(start: start, byteCount: end - start, type: type, isBinary: false)
    }

    private mutating func appendInteger(_ value: some FixedWidthInteger, type: UInt32) {
        appendBinary(type: type) { $0.append(bigEndian: value) }
    }

    private mutating func appendEntry(start: Int, byteCount: Int, type: UInt32, isBinary: Bool) {
        // A message of the protocol holds less than 1 GiB, so a larger buffer can never be sent.
        precondition(storage.count < Int(Int32.max), "parameters of 2 GiB or more")
        entries.append(Entry(offset: Int32(start), byteCount: Int32(byteCount), type: type, isBinary: isBinary))
    }
}

extension [UInt8] {
    /// Appends an integer in network byte order.
    mutating func append(bigEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }
}
