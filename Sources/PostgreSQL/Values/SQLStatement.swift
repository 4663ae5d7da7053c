import Synchronization

/// The text of one SQL statement with `$1`-style parameters. Make it once and keep it: identity, not text, is what
/// a connection
/// remembers, and the first use on a connection sends the text, later uses only a name.
///
/// The text may ask for standing values by placeholders of their own, see `StandingValues`.
package final class SQLStatement: Sendable, Hashable {
    /// The statement as PostgreSQL reads it; values are bound, never joined into it.
    package let text: String
    /// Numbers of the standing values that follow the statement's own, in order (see `StandingValues`).
    let standing: [Int]
    /// Whether connections keep a prepared statement for it. Turn off for statements used once.
    package let isPrepared: Bool
    /// Unique in this process. Not the object's address, which may be used again once the object is gone.
    let number: UInt64

    package init(_ text: String, isPrepared: Bool = true) {
        (self.text, standing) = StandingPlaceholders.numbered(text)
        self.isPrepared = isPrepared
        self.number = Self.counter.wrappingAdd(1, ordering: .relaxed).newValue
    }

    package static func == (left: SQLStatement, right: SQLStatement) -> Bool { left === right }

    package func hash(into hasher: inout Hasher) { hasher.combine(number) }

    /// Only a source of distinct numbers; nothing reads it back, so tests cannot see each other through it.
    private static let counter = Atomic<UInt64>(0)
}
