import PostgreSQL
import Synchronization

/// Prepared statements of selective searches, by text: connections know statements by identity.
///
/// Texts depend on the shape of a search alone, values are bound, so there are few. Requests that vary their shape
/// without end fill the table once; after that new shapes are sent unprepared.
final class SearchStatements: Sendable {
    private static let capacity = 2000
    private let byText: Mutex<[String: SQLStatement]> = Mutex([:])
    private let byShape: Mutex<[UInt64: SQLStatement]> = Mutex([:])

    /// - Parameter isOfTenants: see `SQLStatement`.
    func statement(_ text: String, isOfTenants: Bool = true) -> SQLStatement {
        byText.withLock { known in
            if let statement = known[text] { return statement }
            let isRoom = known.count < Self.capacity
            let statement = SQLStatement(text, isPrepared: isRoom, isOfTenants: isOfTenants)
            if isRoom { known[text] = statement }
            return statement
        }
    }

    /// The statement of all searches of one shape, whose text `plan` writes if there is none yet.
    func statement(_ shape: SearchShape, _ plan: () -> SearchPlan) -> SQLStatement {
        if let known = byShape.withLock({ $0[shape.code] }) { return known }
        let statement = statement(plan().text)
        byShape.withLock { if $0.count < Self.capacity { $0[shape.code] = statement } }
        return statement
    }
}
