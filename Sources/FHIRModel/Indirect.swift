/// Keeps an optional value outside the struct that has it.
///
/// Inline, the elements of elements add up: one Extension would take 9.7 kB. Boxed, each costs a pointer.
@propertyWrapper
package struct Indirect<Value: Sendable & Hashable>: Sendable, Hashable {
    private final class Box: Sendable {
        let value: Value

        init(_ value: Value) { self.value = value }
    }

    private var box: Box?

    package init(wrappedValue: Value?) { box = wrappedValue.map(Box.init) }

    package var wrappedValue: Value? {
        get { box?.value }
        set { box = newValue.map(Box.init) }
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.box === right.box || left.box?.value == right.box?.value
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(box?.value) }
}
