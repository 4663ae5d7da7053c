import FHIRFormats
package import FHIRSearch
package import FHIRStore
package import JSONTape
import PostgreSQL
import Synchronization

/// The rights in force: the table of the present version, and the records that are open in an emergency. What another
/// server changed takes effect within a second.
package final class RightsBook: Sendable {
    private struct State {
        var table = RightsTable.standard
        /// When windows end, in microseconds since 1970, by person and patient.
        var opened: [String: [String: Int64]] = [:]
        var validUntil: ContinuousClock.Instant?
        var rules: [String: RightsRules] = [:]
    }

    private let store: FHIRStore
    private let modules: ModuleTable
    private let indexer: SearchIndexer
    private let state = Mutex(State())

    private static let freshness: Duration = .milliseconds(500)
    private static let greatestRuleCount = 1000

    /// - Parameter store: without limits.
    package init(store: FHIRStore, indexer: SearchIndexer) {
        self.store = store
        self.indexer = indexer
        modules = ModuleTable(indexer: indexer)
    }

    /// What a caller may do now.
    package func rights(of principal: Principal) async throws -> AccessRights {
        try await refresh(isForced: false)
        let now = store.clock().microsecondsSince1970
        var principal = principal
        var roles = principal.roles
        // The code system's own spelling (`facility-head`), whatever the account was given.
        roles = Set(roles.map { $0.replacing("_", with: "-") })
        if case .client = principal.subject, roles.isEmpty { roles = ["system"] }
        let rules = state.withLock { state in
            if case .account(let person) = principal.subject, let opened = state.opened[person] {
                principal.openedRecords.merge(opened) { max($0, $1) }
            }
            let kind = RightsRules.kind(roles, principal.scopes, state.table)
            if let known = state.rules[kind] { return known }
            let made = RightsRules(
                roles: roles, scopes: principal.scopes, table: state.table, modules: modules, indexer: indexer)
            if state.rules.count >= Self.greatestRuleCount { state.rules.removeAll() }
            state.rules[kind] = made
            return made
        }
        return AccessRights(principal, rules, self, now: now)
    }

    /// The table in force.
    package func table() async throws -> RightsTable {
        try await refresh(isForced: false)
        return state.withLock { $0.table }
    }

    // MARK: - Changing

    /// Puts the next version into force; what the document does not name stays as it is.
    ///
    /// Throws `StoreError` (400) for what is no table of rights.
    package func change(_ document: JSONNode, by actor: String) async throws -> RightsTable {
        try await refresh(isForced: true)
        let table = state.withLock { $0.table }
        guard let changed = RightsTable(document, over: table, version: table.version + 1) else {
            throw StoreError(
                .invalidRequest, "the grants are of the form {\"grants\":{\"role\":{\"module\":\"vce(team)\"}}}",
                details: "invalid-parameter")
        }
        var parameters = SQLParameters()
        parameters.append(int32: Int32(clamping: changed.version))
        parameters.append(utf8: changed.json)
        parameters.append(text: actor)
        do {
            _ = try await store.database.write(WriteJob([(Self.insert, parameters)]))
        } catch let error as PostgreSQLError {
            throw StoreError(error)
        }
        try await refresh(isForced: true)
        return changed
    }

    /// Opens a patient's record to a person for some minutes; in force once the transaction is committed and this book
    /// has been refreshed.
    ///
    /// - Returns: when the window ends, in microseconds since 1970.
    package static func open(
        patient: String, to person: String, reason: String, minutes: Int, in transaction: StoreTransaction
    ) async throws -> Int64 {
        var parameters = SQLParameters()
        parameters.append(text: person)
        parameters.append(text: patient)
        parameters.append(text: reason)
        parameters.append(int32: Int32(clamping: minutes))
        return try await transaction.session.query(insertOpened, parameters).int64(0, 0) ?? 0
    }

    /// Looks at once at what changed.
    package func refresh() async throws { try await refresh(isForced: true) }

    // MARK: - Reading

    private func refresh(isForced: Bool) async throws {
        let isFresh = state.withLock { state in
            guard !isForced, let until = state.validUntil else { return false }
            if until > .now { return true }
            // One caller looks, the others go on with what was in force until now.
            state.validUntil = .now + Self.freshness
            return false
        }
        if isFresh { return }
        do {
            async let tables = store.database.read(Self.readTable)
            async let windows = store.database.read(Self.readOpened)
            let (table, opened) = (try await tables, try await windows)
            state.withLock { state in
                state.validUntil = .now + Self.freshness
                state.opened = [:]
                for row in 0..<opened.rowCount {
                    let (person, patient) = (opened.string(row, 0) ?? "", opened.string(row, 1) ?? "")
                    state.opened[person, default: [:]][patient] = opened.int64(row, 2)
                }
                let version = table.rowCount > 0 ? Int(table.int64(0, 0) ?? 0) : 0
                guard version != state.table.version else { return }
                let document = (table.bytes(0, 1)).flatMap { try? Document.parse($0) }
                // What cannot be read came from a later server: its standard is the safe one.
                state.table =
                    document.flatMap { RightsTable(JSONNode($0), over: .standard, version: version) } ?? .standard
                state.rules = [:]
            }
        } catch let error as PostgreSQLError {
            state.withLock { $0.validUntil = nil }
            throw StoreError(error)
        }
    }

    private static let readTable = SQLStatement(
        "SELECT version::bigint, document FROM access_rights ORDER BY version DESC LIMIT 1")
    private static let readOpened = SQLStatement(
        """
        SELECT person, patient, (extract(epoch FROM max(until)) * 1000000)::bigint
        FROM opened_record WHERE until > now() GROUP BY person, patient
        """)
    private static let insert = SQLStatement(
        "INSERT INTO access_rights (version, document, actor) VALUES ($1::int, $2::text, $3::text)")
    private static let insertOpened = SQLStatement(
        """
        INSERT INTO opened_record (person, patient, reason, until)
        VALUES ($1::text, $2::text, $3::text, now() + make_interval(mins => $4::int))
        RETURNING (extract(epoch FROM until) * 1000000)::bigint
        """)
}
