/// Where a value of a document stood in the text of another format that the document was made from.
package struct TextPlace: Sendable {
    /// Of the value's first byte in the JSON text.
    package var offset: Int
    /// From 1, the column in bytes.
    package var line: Int
    package var column: Int

    package init(offset: Int, line: Int, column: Int) {
        self.offset = offset
        self.line = line
        self.column = column
    }
}

extension [TextPlace] {
    /// The last place at or before `offset`, in a list sorted by offset.
    package func last(upTo offset: Int) -> TextPlace? {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle].offset <= offset { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? self[low - 1] : nil
    }
}
