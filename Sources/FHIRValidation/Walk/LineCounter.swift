import JSONTape

/// Line and column of bytes of a text. Goes on from the last answer, so that many of them cost one pass together.
struct LineCounter {
    private var offset = 0
    private var line = 1
    private var lineStart = 0

    /// Line and column, from 1, of the byte at `target`, in the text as the client sent it; the column in bytes.
    mutating func place(of target: Int, in document: Document) -> (line: Int, column: Int) {
        if let place = document.places.last(upTo: target) { return (place.line, place.column) }
        if target < offset { self = LineCounter() }
        let text = document.text
        for index in offset..<min(target, text.count) where text[index] == UInt8(ascii: "\n") {
            line += 1
            lineStart = index + 1
        }
        offset = target
        return (line, target - lineStart + 1)
    }
}
