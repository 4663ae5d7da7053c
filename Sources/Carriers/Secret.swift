/// A text that is not to be seen: descriptions, dumps and interpolations of it, and of what holds it, show three dots.
package struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The text itself. Only what sends it asks for it.
    package let value: String

    package init(_ value: String) { self.value = value }

    package var description: String { "…" }
    package var debugDescription: String { "…" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
