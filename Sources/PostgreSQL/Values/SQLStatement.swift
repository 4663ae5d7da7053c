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
    /// Whether the role of tenants may answer it, should it be a read.
    private let isOfTenants: Bool
    /// Whether it only reads: 0 until somebody asks.
    private let reading = Atomic<UInt8>(0)
    /// Unique in this process. Not the object's address, which may be used again once the object is gone.
    let number: UInt64

    /// - Parameter isOfTenants: false for statements that the role of tenants cannot answer, because they read more
    ///   than resources.
    package init(_ text: String, isPrepared: Bool = true, isOfTenants: Bool = true) {
        (self.text, standing) = StandingPlaceholders.numbered(text)
        self.isOfTenants = isOfTenants
        self.isPrepared = isPrepared
        self.number = Self.counter.wrappingAdd(1, ordering: .relaxed).newValue
    }

    /// Whether it is answered under the role of tenants, where its sender belongs to one (`TenantRole`).
    var isTenantRead: Bool {
        guard isOfTenants else { return false }
        let known = reading.load(ordering: .relaxed)
        if known > 0 { return known == 2 }
        let isRead = TenantRole.onlyReads(text)
        reading.store(isRead ? 2 : 1, ordering: .relaxed)
        return isRead
    }

    package static func == (left: SQLStatement, right: SQLStatement) -> Bool { left === right }

    package func hash(into hasher: inout Hasher) { hasher.combine(number) }

    /// Only a source of distinct numbers; nothing reads it back, so tests cannot see each other through it.
    private static let counter = Atomic<UInt64>(0)
}
