import FHIRSearch
import PostgreSQL

extension SQLParameters {
    /// What `ContainedTable.insertion` binds.
    mutating func append(_ contained: [ContainedEntries]) {
        append(int32Array: contained.map { Int32(clamping: $0.place) })
        append(textArray: contained.map(\.typeName))
        append(textArray: contained.map(\.id))
        append(int64Array: contained.map(\.entries.selfKey))
        append(int64Array: contained.map(\.entries.subject))
        // Arrays of different lengths, each in PostgreSQL's text form.
        append(textArray: contained.map { "{" + $0.entries.keys.map(String.init).joined(separator: ",") + "}" })
        append(timestampArray: contained.map(\.entries.dateLow))
        append(timestampArray: contained.map(\.entries.dateHigh))
        append(numericArray: contained.map(\.entries.quantityLow))
        append(numericArray: contained.map(\.entries.quantityHigh))
        append(numericArray: contained.map(\.entries.canonicalLow))
        append(numericArray: contained.map(\.entries.canonicalHigh))
        append(textArray: contained.map { $0.entries.words.map { String(decoding: $0, as: UTF8.self) } })
        append(jsonbArray: contained.map(\.content))
        appendStrings(contained)
        appendNumbers(contained)
        appendRanges(contained)
    }

    private mutating func appendStrings(_ contained: [ContainedEntries]) {
        let rows = contained.flatMap { item in item.entries.strings.map { (place: item.place, entry: $0) } }
        append(int32Array: rows.map { Int32(clamping: $0.place) })
        append(int32Array: rows.map(\.entry.parameter))
        append(int64Array: rows.map(\.entry.key))
        append(textArray: rows.map(\.entry.norm))
    }

    private mutating func appendNumbers(_ contained: [ContainedEntries]) {
        let rows = contained.flatMap { item in item.entries.numbers.map { (place: item.place, entry: $0) } }
        append(int32Array: rows.map { Int32(clamping: $0.place) })
        append(int32Array: rows.map(\.entry.parameter))
        append(int64Array: rows.map(\.entry.key))
        append(numericArray: rows.map(\.entry.low))
        append(numericArray: rows.map(\.entry.high))
        append(int64Array: rows.map(\.entry.dimension))
        append(numericArray: rows.map(\.entry.canonicalLow))
        append(numericArray: rows.map(\.entry.canonicalHigh))
    }

    private mutating func appendRanges(_ contained: [ContainedEntries]) {
        let rows = contained.flatMap { item in item.entries.ranges.map { (place: item.place, entry: $0) } }
        append(int32Array: rows.map { Int32(clamping: $0.place) })
        append(int32Array: rows.map(\.entry.parameter))
        append(int64Array: rows.map(\.entry.key))
        append(timestampArray: rows.map(\.entry.low))
        append(timestampArray: rows.map(\.entry.high))
    }
}
