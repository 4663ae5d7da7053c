import FHIRDefinitions
import FHIRSearch
package import PostgreSQL

/// Resolving criteria inside the transaction that writes (R4 http.html#ccreate).
///
/// Whoever holds the locks of its criteria is alone with them until its transaction ends. The searches run as
/// statements of their own behind the locks, and READ COMMITTED gives each its own snapshot: they see all that the
/// holder before has committed. So of any number of equal requests, on any number of servers, one creates.
extension SearchService {
    /// Locks up to this many criteria one by one. Beyond that whole types are locked, because PostgreSQL's lock table
    /// is small and shared by all.
    private static let fineLockCount = 128
    /// Searches in one round trip: bounds what both sides buffer.
    private static let chunkSize = 500

    /// Says for each of the criteria how many resources meet them.
    ///
    /// Locks and searches share one round trip. Locks are taken in one order everywhere, types before criteria, so
    /// calls cannot block each other in a circle; a second call within the same transaction may, which PostgreSQL
    /// resolves by failing one of the two for another attempt.
    ///
    /// - Parameters:
    ///   - isLocking: false where nothing is created if nothing is found, as for conditional references.
    ///   - hasContent: whether the versions found bring their content.
    ///   - session: within an open transaction (READ COMMITTED).
    ///   - now: microseconds since 1970, for the tolerance of `ap`.
    /// - Throws: `StoreError` for what the database says.
    package func matches(
        _ criteria: [ConditionalCriteria], isLocking: Bool = true, hasContent: Bool = true, in session: Session,
        now: Int64
    ) async throws -> [ConditionalMatch] {
        var searches: [Search] = []
        var positions: [String: Int] = [:]
        // Per criteria the search that answers it; nil where nothing can match.
        var searchOfCriteria: [Int?] = []
        for criterion in criteria {
            if let known = positions[criterion.normalForm] {
                searchOfCriteria.append(known < 0 ? nil : known)
                continue
            }
            let search = try await search(criterion, hasContent: hasContent, session, now: now)
            positions[criterion.normalForm] = search == nil ? -1 : searches.count
            searchOfCriteria.append(search == nil ? nil : searches.count)
            if let search { searches.append(search) }
        }
        let locks = isLocking ? Self.locks(criteria) : []
        let found = try await run(searches, behind: locks, session)
        try await requireUnchanged(criteria.lazy.map(\.request), in: session)
        return searchOfCriteria.map { $0.map { found[$0] } ?? .none }
    }

    /// At most `limit` of the resources that meet the criteria, in no order, without their content; locks as
    /// `matches(_:isLocking:hasContent:in:now:)` does.
    package func versions(
        _ criteria: ConditionalCriteria, limit: Int, in session: Session, now: Int64
    ) async throws -> [StoredVersion] {
        guard let search = try await search(criteria, hasContent: false, limit: limit, session, now: now) else {
            return []
        }
        do {
            let results = try await session.queries(
                Self.locks([criteria]) + [(search.statement, search.parameters)])
            try await requireUnchanged([criteria.request], in: session)
            guard let result = results.last else { return [] }
            return (0..<result.rowCount).map { StoredVersion(type: criteria.type, row: $0, of: result) }
        } catch let error as PostgreSQLError {
            throw StoreError(error)
        }
    }

    /// One search, ready to be sent.
    struct Search {
        var type: TypeID
        var statement: SQLStatement
        var parameters: SQLParameters
    }

    /// The search for what meets the criteria; nil where nothing can.
    func search(
        _ criteria: ConditionalCriteria, hasContent: Bool, limit: Int = 2, _ session: Session, now: Int64
    ) async throws -> Search? {
        let predicate = try await predicate(for: criteria.request, session, now: now)
        if predicate == .never { return nil }
        guard predicate != .always else { throw ConditionalCriteria.matchesAll }
        let plan = SearchPlan.matching(
            predicate, type: criteria.type, hasContent: hasContent, limit: limit, tables: tables)
        let statement =
            plan.isSelective ? statements.statement(plan.text) : SQLStatement(plan.text, isPrepared: false)
        return Search(type: criteria.type, statement: statement, parameters: plan.parameters)
    }

    private func run(
        _ searches: [Search], behind locks: [(SQLStatement, SQLParameters)], _ session: Session
    ) async throws -> [ConditionalMatch] {
        var found: [ConditionalMatch] = []
        found.reserveCapacity(searches.count)
        var locks = locks
        do {
            repeat {
                let chunk = searches[found.count..<min(found.count + Self.chunkSize, searches.count)]
                let results = try await session.queries(locks + chunk.map { ($0.statement, $0.parameters) })
                for (search, result) in zip(chunk, results.dropFirst(locks.count)) {
                    switch result.rowCount {
                    case 0: found.append(.none)
                    case 1: found.append(.one(StoredVersion(type: search.type, row: 0, of: result)))
                    default: found.append(.several)
                    }
                }
                locks = []
            } while found.count < searches.count
        } catch let error as PostgreSQLError {
            throw StoreError(error)
        }
        return found
    }

    // MARK: - Locks

    private static let shared = SQLStatement("SELECT pg_advisory_xact_lock_shared(k) FROM unnest($1::bigint[]) k")
    private static let exclusive = SQLStatement("SELECT pg_advisory_xact_lock(k) FROM unnest($1::bigint[]) k")

    /// Locks on the types, which few criteria share and many criteria take alone, then on few criteria themselves.
    private static func locks(_ criteria: [ConditionalCriteria]) -> [(SQLStatement, SQLParameters)] {
        if criteria.isEmpty { return [] }
        let types = Set(criteria.map(\.typeLockKey)).sorted()
        let keys = Set(criteria.map(\.lockKey)).sorted()
        if keys.count > fineLockCount { return [(exclusive, parameters(types))] }
        return [(shared, parameters(types)), (exclusive, parameters(keys))]
    }

    private static func parameters(_ keys: [Int64]) -> SQLParameters {
        var parameters = SQLParameters()
        parameters.append(int64Array: keys)
        return parameters
    }
}
