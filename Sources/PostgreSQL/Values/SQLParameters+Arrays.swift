// Binary arrays: dimensions (int32), has-nulls flag (int32), element type (uint32), then per dimension its length
// and lower bound
// (int32 each), then the elements, each preceded by its byte count (int32; -1 for NULL). An empty array has no
// dimension.

extension SQLParameters {
    /// `bigint[]`.
    package mutating func append(int64Array values: [Int64]) {
        appendArray(type: PostgreSQLType.int8Array, element: PostgreSQLType.int8, values) { $0.appendElement($1) }
    }

    /// `bigint[]` with NULLs.
    package mutating func append(int64Array values: [Int64?]) {
        appendNullableArray(type: PostgreSQLType.int8Array, element: PostgreSQLType.int8, values) {
            $0.appendElement($1)
        }
    }

    /// `integer[]`.
    package mutating func append(int32Array values: [Int32]) {
        appendArray(type: PostgreSQLType.int4Array, element: PostgreSQLType.int4, values) { $0.appendElement($1) }
    }

    /// `integer[]` with NULLs.
    package mutating func append(int32Array values: [Int32?]) {
        appendNullableArray(type: PostgreSQLType.int4Array, element: PostgreSQLType.int4, values) {
            $0.appendElement($1)
        }
    }

    /// `timestamptz[]`, microseconds since 1970-01-01T00:00:00Z, nil for NULL.
    package mutating func append(timestampArray values: [Int64?]) {
        appendNullableArray(type: PostgreSQLType.timestamptzArray, element: PostgreSQLType.timestamptz, values) {
            $0.appendElement(PostgreSQLType.timestamp($1))
        }
    }

    /// `text[]`.
    package mutating func append(textArray values: [String]) {
        for value in values where value.utf8.contains(0) { refuseZeroByte() }
        appendArray(type: PostgreSQLType.textArray, element: PostgreSQLType.text, values) { $0.appendElement($1.utf8) }
    }

    /// `text[]` with NULLs.
    package mutating func append(textArray values: [String?]) {
        for case let value? in values where value.utf8.contains(0) { refuseZeroByte() }
        appendNullableArray(type: PostgreSQLType.textArray, element: PostgreSQLType.text, values) {
            $0.appendElement($1.utf8)
        }
    }

    /// `text[]` from UTF-8 that the caller has validated.
    package mutating func append(textArray values: [[UInt8]]) {
        for value in values where value.contains(0) { refuseZeroByte() }
        appendArray(type: PostgreSQLType.textArray, element: PostgreSQLType.text, values) { $0.appendElement($1) }
    }

    /// `jsonb[]` from JSON documents.
    package mutating func append(jsonbArray values: [[UInt8]]) {
        appendArray(type: PostgreSQLType.jsonbArray, element: PostgreSQLType.jsonb, values) {
            // Binary jsonb is a version byte, then the text.
            $0.append(bigEndian: Int32($1.count + 1))
            $0.append(1)
            $0.append(contentsOf: $1)
        }
    }

    /// `numeric[]` from the numbers' text, nil for NULL; sent as text, so no digit is lost.
    package mutating func append(numericArray values: [String?]) {
        appendText(type: PostgreSQLType.numericArray) { storage in
            storage.append(UInt8(ascii: "{"))
            for (index, value) in values.enumerated() {
                if index > 0 { storage.append(UInt8(ascii: ",")) }
                // Quoted, so that no content can end the element; the server refuses what is no number.
                guard let value else {
                    storage.append(contentsOf: "NULL".utf8)
                    continue
                }
                storage.append(UInt8(ascii: "\""))
                for byte in value.utf8 {
                    if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { storage.append(UInt8(ascii: "\\")) }
                    storage.append(byte)
                }
                storage.append(UInt8(ascii: "\""))
            }
            storage.append(UInt8(ascii: "}"))
        }
    }

    private mutating func appendArray<Element>(
        type: UInt32, element: UInt32, _ values: [Element], _ write: (inout [UInt8], Element) -> Void
    ) {
        appendBinary(type: type) { storage in
            storage.appendArrayHeader(count: values.count, hasNulls: false, element: element)
            for value in values { write(&storage, value) }
        }
    }

    private mutating func appendNullableArray<Element>(
        type: UInt32, element: UInt32, _ values: [Element?], _ write: (inout [UInt8], Element) -> Void
    ) {
        appendBinary(type: type) { storage in
            storage.appendArrayHeader(count: values.count, hasNulls: values.contains { $0 == nil }, element: element)
            for value in values {
                if let value { write(&storage, value) } else { storage.append(bigEndian: Int32(-1)) }
            }
        }
    }
}

extension [UInt8] {
    fileprivate mutating func appendArrayHeader(count: Int, hasNulls: Bool, element: UInt32) {
        append(bigEndian: Int32(count == 0 ? 0 : 1))
        append(bigEndian: Int32(hasNulls ? 1 : 0))
        append(bigEndian: element)
        guard count > 0 else { return }
        append(bigEndian: Int32(count))
        append(bigEndian: Int32(1))
    }

    fileprivate mutating func appendElement(_ value: some FixedWidthInteger) {
        append(bigEndian: Int32(value.bitWidth / 8))
        append(bigEndian: value)
    }

    fileprivate mutating func appendElement(_ bytes: some Collection<UInt8>) {
        append(bigEndian: Int32(bytes.count))
        append(contentsOf: bytes)
    }
}
