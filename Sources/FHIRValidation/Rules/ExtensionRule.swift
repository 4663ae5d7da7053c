import JSONTape

extension StructureWalk {
    /// An extension has a value or extensions, one of them and not both (ext-1, R4 extensibility.html#Extension).
    mutating func checkExtension(_ object: Document.Index) {
        let end = document.next(object)
        var key = document.firstChild(object)
        var value: Document.Index?
        var hasExtensions = false
        while key < end {
            let name = document.rawText(key)
            if name.count == 9, document.isString(key, equalTo: "extension") {
                hasExtensions = true
            } else if Self.isValue(name) {
                value = key + 1
            }
            key = document.next(key + 1)
        }
        switch (value, hasExtensions) {
        case (nil, false):
            report(.invariant, at: object, "an extension has a value or extensions of its own", rule: "ext-1")
        case (let value?, true):
            report(.invariant, at: value, "an extension has a value or extensions, not both", rule: "ext-1")
        default: checkDefinition(ofExtension: object)
        }
    }

    /// `valueX` or `_valueX`.
    private static func isValue(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        let start = name.first == UInt8(ascii: "_") ? 1 : 0
        guard name.count > start + 5 else { return false }
        let value: StaticString = "value"
        for offset in 0..<5 where name[start + offset] != value.utf8Start[offset] { return false }
        return true
    }
}
