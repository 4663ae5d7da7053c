import CLibPQ

/// The answer to one statement: rows of text-format columns, or the count of rows touched. Immutable; holds libpq's
/// memory until it goes.
package final class QueryResult: @unchecked Sendable {
    // Sendable because libpq never writes to a PGresult after handing it out, and reading one is thread-safe
    // (libpq, "Behavior in
    // Threaded Programs"). The pointer is freed once, by deinit.
    private let handle: OpaquePointer
    /// Rows of the answer; 0 for statements that return none.
    package let rowCount: Int
    /// Columns of the answer.
    package let columnCount: Int

    /// Takes ownership of a PGresult.
    init(owning handle: OpaquePointer) {
        self.handle = handle
        self.rowCount = Int(PQntuples(handle))
        self.columnCount = Int(PQnfields(handle))
    }

    deinit { PQclear(handle) }

    /// Rows inserted, updated, deleted or selected.
    package var affectedRows: Int {
        guard let text = PQcmdTuples(handle) else { return 0 }
        return Int(String(cString: text)) ?? 0
    }

    /// What the server says it did, for example `INSERT 0 1` or `ROLLBACK`.
    package var commandTag: String { String(cString: PQcmdStatus(handle)) }

    /// The name of a column, nil beyond the last one.
    package func columnName(_ column: Int) -> String? {
        PQfname(handle, Int32(column)).map { String(cString: $0) }
    }

    package func isNull(_ row: Int, _ column: Int) -> Bool {
        check(row, column)
        return PQgetisnull(handle, Int32(row), Int32(column)) != 0
    }

    /// Lends a value's bytes as the server wrote them (text format); empty for NULL. Don't let the pointer escape.
    package func withBytes<R>(_ row: Int, _ column: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> R) rethrows -> R
    {
        check(row, column)
        let count = Int(PQgetlength(handle, Int32(row), Int32(column)))
        guard count > 0, let start = PQgetvalue(handle, Int32(row), Int32(column)) else {
            return try body(UnsafeBufferPointer(start: nil, count: 0))
        }
        return try start.withMemoryRebound(to: UInt8.self, capacity: count) {
            try body(UnsafeBufferPointer(start: $0, count: count))
        }
    }

    /// The value as text; nil for NULL.
    package func string(_ row: Int, _ column: Int) -> String? {
        isNull(row, column) ? nil : withBytes(row, column) { String(decoding: $0, as: UTF8.self) }
    }

    /// The bytes of the value's text; nil for NULL. For `bytea` see `bytea(_:_:)`.
    package func bytes(_ row: Int, _ column: Int) -> [UInt8]? {
        isNull(row, column) ? nil : withBytes(row, column) { Array($0) }
    }

    /// An integer; nil for NULL and for what is no integer of 64 bits.
    package func int64(_ row: Int, _ column: Int) -> Int64? { integer(row, column) }

    /// An integer; nil for NULL and for what is no integer of 32 bits.
    package func int32(_ row: Int, _ column: Int) -> Int32? { integer(row, column) }

    /// `t` and `f` as Swift sees them; nil for NULL and anything else.
    package func bool(_ row: Int, _ column: Int) -> Bool? {
        withBytes(row, column) { bytes in
            guard bytes.count == 1 else { return nil }
            switch bytes[0] {
            case UInt8(ascii: "t"): return true
            case UInt8(ascii: "f"): return false
            default: return nil
            }
        }
    }

    /// A `bytea` value, decoded from its hexadecimal text; nil for NULL and anything else.
    package func bytea(_ row: Int, _ column: Int) -> [UInt8]? {
        guard !isNull(row, column) else { return nil }
        return withBytes(row, column) { text in
            guard text.count >= 2, text.count % 2 == 0, text[0] == UInt8(ascii: "\\"), text[1] == UInt8(ascii: "x")
            else {
                return nil
            }
            var bytes: [UInt8] = []
            bytes.reserveCapacity(text.count / 2 - 1)
            for index in stride(from: 2, to: text.count, by: 2) {
                guard let high = hexDigit(text[index]), let low = hexDigit(text[index + 1]) else { return nil }
                bytes.append(high << 4 | low)
            }
            return bytes
        }
    }

    private func integer<Value: FixedWidthInteger>(_ row: Int, _ column: Int) -> Value? {
        withBytes(row, column) { bytes in
            var digits = bytes[...]
            let isNegative = digits.first == UInt8(ascii: "-")
            if isNegative { digits = digits.dropFirst() }
            guard !digits.isEmpty else { return nil }
            var value: Value = 0
            for byte in digits {
                let digit = byte &- UInt8(ascii: "0")
                guard digit < 10 else { return nil }
                let (product, overflow) = value.multipliedReportingOverflow(by: 10)
                let (next, carry) =
                    isNegative
                    ? product.subtractingReportingOverflow(Value(digit)) : product.addingReportingOverflow(Value(digit))
                guard !overflow, !carry else { return nil }
                value = next
            }
            return value
        }
    }

    private func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    private func check(_ row: Int, _ column: Int) {
        precondition(row >= 0 && row < rowCount && column >= 0 && column < columnCount, "row or column out of range")
    }
}
