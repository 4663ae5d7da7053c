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
        appendPlaces(contained) { $0.strings.count }
        append(contained.flatMap(\.entries.strings))
        appendPlaces(contained) { $0.numbers.count }
        append(contained.flatMap(\.entries.numbers))
        appendPlaces(contained) { $0.ranges.count }
        append(contained.flatMap(\.entries.ranges))
    }

    /// The place of the contained resource that each row is of.
    private mutating func appendPlaces(_ contained: [ContainedEntries], rowCount: (IndexEntries) -> Int) {
        append(
            int32Array: contained.flatMap { item in
                repeatElement(Int32(clamping: item.place), count: rowCount(item.entries))
            })
    }
}
