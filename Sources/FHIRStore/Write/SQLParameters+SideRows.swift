import FHIRSearch
import PostgreSQL

/// Rows of side tables as arrays, one for each column, in the order of the tables' columns.
extension SQLParameters {
    mutating func append(_ rows: [IndexEntries.StringEntry]) {
        append(int32Array: rows.map(\.parameter))
        append(int64Array: rows.map(\.key))
        append(textArray: rows.map(\.norm))
    }

    mutating func append(_ rows: [IndexEntries.NumberEntry]) {
        append(int32Array: rows.map(\.parameter))
        append(int64Array: rows.map(\.key))
        append(numericArray: rows.map(\.low))
        append(numericArray: rows.map(\.high))
        append(int64Array: rows.map(\.dimension))
        append(numericArray: rows.map(\.canonicalLow))
        append(numericArray: rows.map(\.canonicalHigh))
    }

    mutating func append(_ rows: [IndexEntries.RangeEntry]) {
        append(int32Array: rows.map(\.parameter))
        append(int64Array: rows.map(\.key))
        append(timestampArray: rows.map(\.low))
        append(timestampArray: rows.map(\.high))
    }
}
