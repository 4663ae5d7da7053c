import FHIRDefinitions
import FHIRSearch
import PostgreSQL
import Synchronization

/// Tables and statements for each kind of limited callers, made when the first of a kind comes.
final class AccessKinds: Sendable {
    /// All that a store needs for callers of one kind.
    final class Kind: Sendable {
        let tables: TableCatalog
        /// Values of the kind, behind those of the caller.
        let values: [SQLParameters]
        /// Statements of searches by their shape, which says nothing of limits.
        let searches: SearchStatements

        init(tables: TableCatalog, values: [SQLParameters], searches: SearchStatements) {
            self.tables = tables
            self.values = values
            self.searches = searches
        }
    }

    /// Beyond this many the oldest kinds are made again when they come back.
    private static let capacity = 256

    /// Those without limits.
    let tables: TableCatalog
    private let indexer: SearchIndexer
    private let kinds = Mutex<(byName: [String: Kind], order: [String])>(([:], []))

    init(tables: TableCatalog, indexer: SearchIndexer) {
        self.tables = tables
        self.indexer = indexer
    }

    func kind(of limit: AccessLimit) -> Kind {
        // Search parameters may come and go, and conditions may be searches.
        let name = "\(limit.kind) \(limit.tenant == nil ? "" : "tenant") \(indexer.customRevision)"
        if let known = kinds.withLock({ $0.byName[name] }) { return known }
        let made = make(limit)
        return kinds.withLock { kinds in
            if let known = kinds.byName[name] { return known }
            kinds.byName[name] = made
            kinds.order.append(name)
            if kinds.order.count > Self.capacity { kinds.byName[kinds.order.removeFirst()] = nil }
            return made
        }
    }

    private func make(_ limit: AccessLimit) -> Kind {
        var values: [SQLParameters] = []
        var limits: [TypeID: RowLimit] = [:]
        var guarded: [TypeID: WriteGuards.Conditions] = [:]
        for type in tables.types {
            var writer = RowConditionWriter(tables.table(type), indexer: indexer, tables: tables, values: values)
            let conditions = RowAction.allCases.map { limit.conditions(type, $0) }
            let texts = conditions.map { writer.sql($0) }
            values = writer.values
            let read = conditions[RowAction.read.rawValue]
            if read != .always {
                limits[type] = RowLimit(
                    current: texts[RowAction.read.rawValue], holdsOfDeletions: read.holdsOfDeletions)
            }
            guarded[type] = WriteGuards.Conditions(texts: texts, holdsOfDeletions: read.holdsOfDeletions)
        }
        let limited = TableCatalog(
            tables, limits: limits, guards: WriteGuards(tables, conditions: guarded, choosesIDs: limit.tenant == nil),
            isOfTenant: limit.tenant != nil)
        return Kind(tables: limited, values: values, searches: SearchStatements())
    }
}
