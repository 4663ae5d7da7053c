import PostgreSQL

/// Values as parameters of the statement; each call returns the text that stands for the value.
extension PredicateWriter {
    mutating func bind(_ values: [Int64]) -> String {
        parameters.append(int64Array: values)
        return "$\(parameters.count)::bigint[]"
    }

    mutating func bind(int64 value: Int64) -> String {
        parameters.append(int64: value)
        return "$\(parameters.count)::bigint"
    }

    mutating func bind(int32 value: Int32) -> String {
        parameters.append(int32: value)
        return "$\(parameters.count)::int"
    }

    mutating func bind(int32s values: [Int32]) -> String {
        parameters.append(int32Array: values)
        return "$\(parameters.count)::int[]"
    }

    mutating func bind(ids: [String]) -> String {
        parameters.append(textArray: ids)
        return "$\(parameters.count)::text[]"
    }

    mutating func bind(text: String) -> String {
        parameters.append(text: text)
        return "$\(parameters.count)"
    }

    mutating func bind(utf8 bytes: [UInt8]) -> String {
        parameters.append(utf8: bytes)
        return "$\(parameters.count)"
    }

    mutating func bind(time: Int64) -> String {
        parameters.append(timestamp: time)
        return "$\(parameters.count)::timestamptz"
    }

    mutating func numeric(_ text: String) -> String { bind(text: text) + "::numeric" }
}
