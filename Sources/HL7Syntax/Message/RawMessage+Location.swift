extension RawMessage {
    /// The place of a part of the text, told down to `depth` (1 field, 2 repetition, 3 component, 4 subcomponent);
    /// `nil` outside every segment.
    func location(of range: Range<Int>, depth: Int) -> HL7Location? {
        let offset = range.lowerBound
        guard let index = entries.lastIndex(where: { Int($0.start) <= offset }), offset <= Int(entries[index].end)
        else { return nil }
        let segment = Segment(message: self, index: index)
        var location = segment.location
        guard
            let number = (1...max(segment.fieldCount, 1)).last(where: { segment[field: $0].range.lowerBound <= offset })
        else { return location }
        location.field = number
        var part = segment[field: number].range
        let separators = [delimiters.repetition, delimiters.component, delimiters.subcomponent]
        for (level, separator) in separators.prefix(max(depth - 1, 0)).enumerated() {
            let parts = parts(of: part, separator: separator)
            // An empty part has its upper neighbour's offset, so the last one that begins here is the one asked for.
            let found = parts.lastIndex { $0.lowerBound <= offset } ?? 0
            part = parts[found]
            switch level {
            case 0: location.repetition = found + 1
            case 1: location.component = found + 1
            default: location.subcomponent = found + 1
            }
        }
        return location
    }
}
