/// Values made once per distinct text: the tables repeat the same type lists, bindings and invariants thousands of
/// times, and arrays that share storage cost nothing.
struct TextMemo<Value> {
    private let table = KeyTable(capacity: 1024)
    private var values: [Value] = []

    /// The value kept for a text.
    subscript(text: UnsafeBufferPointer<UInt8>) -> Value? {
        table.value(text, owner: 0).map { values[Int($0)] }
    }

    /// Keeps a value for a text that has none yet, and gives it back.
    mutating func keep(_ value: Value, for text: UnsafeBufferPointer<UInt8>) -> Value {
        table.insert(text, owner: 0, UInt32(values.count))
        values.append(value)
        return value
    }
}
