/// How much a transaction sees of others (PostgreSQL §13.2).
package enum IsolationLevel: Sendable, Hashable, CaseIterable {
    case readCommitted
    case repeatableRead
    case serializable

    private static let beginReadCommitted = SQLStatement("BEGIN ISOLATION LEVEL READ COMMITTED")
    private static let beginRepeatableRead = SQLStatement("BEGIN ISOLATION LEVEL REPEATABLE READ")
    private static let beginSerializable = SQLStatement("BEGIN ISOLATION LEVEL SERIALIZABLE")
    static let commit = SQLStatement("COMMIT")

    var begin: SQLStatement {
        switch self {
        case .readCommitted: Self.beginReadCommitted
        case .repeatableRead: Self.beginRepeatableRead
        case .serializable: Self.beginSerializable
        }
    }

    static func isBegin(_ statement: SQLStatement) -> Bool { allCases.contains { $0.begin === statement } }
}
