import FHIRDefinitions
import FHIRSearch
import PostgreSQL
import Synchronization

/// Keeps the writes of one kind of caller within its limits: statements in front of a write and behind it, in the same
/// transaction, which fail where the row is not one that the caller may write.
///
/// A row that is not there for the caller is answered as one that does not exist; one that is there but may not be
/// changed so, or would leave what the caller may write, is forbidden.
///
/// Ids are unique over all tenants. If callers of a tenant could choose them, they would learn from what is refused
/// which ids others use. So for them an update creates nothing, which R4 leaves to the server (http.html#upsert).
final class WriteGuards: Sendable {
    /// Conditions of a type as SQL about a row `a`; by `RowAction`.
    struct Conditions: Sendable {
        var texts: [String]
        var holdsOfDeletions: Bool

        subscript(action: RowAction) -> String { texts[action.rawValue] }
        func isAlways(_ action: RowAction) -> Bool { self[action] == "true" }
    }

    /// A check that fails the transaction.
    typealias Check = (SQLStatement, SQLParameters)

    private enum Place: Hashable { case updating, deleting, written }

    private let all: TableCatalog
    private let conditions: [TypeID: Conditions]
    /// Whether an update may create what is not there.
    private let choosesIDs: Bool
    private let statements = Mutex<[TypeID: [Place: SQLStatement]]>([:])

    /// - Parameters:
    ///   - all: the tables without limits.
    ///   - choosesIDs: whether callers may create resources under ids of their own choice.
    init(_ all: TableCatalog, conditions: [TypeID: Conditions], choosesIDs: Bool) {
        self.all = all
        self.conditions = conditions
        self.choosesIDs = choosesIDs
    }

    /// In front of an update, behind the lock of its row; nil where none is needed.
    func updating(_ type: TypeID, _ id: String) -> Check? {
        guard let conditions = conditions[type],
            !choosesIDs || !conditions.isAlways(.read) || !conditions.isAlways(.update)
        else { return nil }
        let text = {
            self.choosesIDs
                ? Self.updating(self.all.table(type), conditions) : Self.replacing(self.all.table(type), conditions)
        }
        return (statement(type, .updating, text), Self.parameters(id))
    }

    func deleting(_ type: TypeID, _ id: String) -> Check? {
        guard let conditions = conditions[type], !conditions.isAlways(.read) || !conditions.isAlways(.delete) else {
            return nil
        }
        return (statement(type, .deleting) { Self.deleting(self.all.table(type), conditions) }, Self.parameters(id))
    }

    /// Behind the write of resources of one type: what they are now is what the caller may make of them.
    func written(_ type: TypeID, _ ids: [String]) -> Check? {
        guard let conditions = conditions[type], !conditions.isAlways(.create) || !conditions.isAlways(.update) else {
            return nil
        }
        var parameters = SQLParameters()
        parameters.append(textArray: ids)
        return (statement(type, .written) { Self.written(self.all.table(type), conditions) }, parameters)
    }

    private func statement(_ type: TypeID, _ place: Place, _ text: () -> String) -> SQLStatement {
        statements.withLock { statements in
            if let known = statements[type]?[place] { return known }
            let statement = SQLStatement(text())
            statements[type, default: [:]][place] = statement
            return statement
        }
    }

    private static func parameters(_ id: String) -> SQLParameters {
        var parameters = SQLParameters()
        parameters.append(text: id)
        return parameters
    }

    // MARK: - Text

    /// Whether the current version, or the deletion that is the last one, is there for the caller.
    private static func isThere(_ table: ResourceTable, _ conditions: Conditions) -> String {
        let current = "EXISTS (SELECT FROM \(table.all) a WHERE a.id = $1::text AND \(conditions[.read]))"
        guard conditions.holdsOfDeletions else { return current }
        return """
            (\(current) OR NOT EXISTS (SELECT FROM \(table.all) c WHERE c.id = $1::text)
              AND EXISTS (SELECT FROM \(table.allHistory) a WHERE a.id = $1::text AND a.method = 'D'
                AND a.version = (SELECT max(version) FROM \(table.allHistory) WHERE id = $1::text)
                AND \(conditions[.read])))
            """
    }

    /// An id that nobody has used is free.
    private static func updating(_ table: ResourceTable, _ conditions: Conditions) -> String {
        """
        SELECT access_refused(CASE
          WHEN NOT \(isThere(table, conditions)) THEN 'MT404'
          ELSE 'MT403' END)
        WHERE (EXISTS (SELECT FROM \(table.all) c WHERE c.id = $1::text)
            OR EXISTS (SELECT FROM \(table.allHistory) c WHERE c.id = $1::text))
          AND (NOT \(isThere(table, conditions))
            OR EXISTS (SELECT FROM \(table.all) a WHERE a.id = $1::text AND (\(conditions[.update])) IS NOT TRUE))
        """
    }

    /// Free ids and those of others are answered alike, by one statement.
    private static func replacing(_ table: ResourceTable, _ conditions: Conditions) -> String {
        """
        SELECT access_refused(CASE WHEN NOT \(isThere(table, conditions)) THEN '\(StoreError.unassignedState)'
          ELSE 'MT403' END)
        WHERE NOT \(isThere(table, conditions))
          OR EXISTS (SELECT FROM \(table.all) a WHERE a.id = $1::text AND (\(conditions[.update])) IS NOT TRUE)
        """
    }

    /// What never was and what is hidden are answered alike.
    private static func deleting(_ table: ResourceTable, _ conditions: Conditions) -> String {
        """
        SELECT access_refused(CASE WHEN NOT \(isThere(table, conditions)) THEN 'MT404' ELSE 'MT403' END)
        WHERE NOT \(isThere(table, conditions))
          OR EXISTS (SELECT FROM \(table.all) a WHERE a.id = $1::text AND (\(conditions[.delete])) IS NOT TRUE)
        """
    }

    private static func written(_ table: ResourceTable, _ conditions: Conditions) -> String {
        """
        SELECT access_refused('MT403') FROM unnest($1::text[]) w
        WHERE EXISTS (SELECT FROM \(table.all) a WHERE a.id = w AND NOT coalesce(
          CASE WHEN a.version = 1 THEN \(conditions[.create]) ELSE \(conditions[.update]) END, false))
        """
    }
}
