package import FHIRStore
import FHIRSearch
import PostgreSQL

/// The accounts of people: found, and told what they may do. What changes them are extensions by matter.
package final class Accounts: AccountDirectory {
    package let store: FHIRStore
    package let secrets: SecretBox
    package let hasher: PasswordHasher
    /// Woken where there is something for `ErrandService` to do.
    package let errandSignal = ErrandSignal()
    let search: SearchService

    package init(
        store: FHIRStore, secrets: SecretBox, hasher: PasswordHasher = PasswordHasher(), search: SearchService? = nil
    ) {
        self.store = store
        self.secrets = secrets
        self.hasher = hasher
        self.search = search ?? SearchService(store)
    }

    var database: Database { store.database }

    // MARK: - Finding

    package func account(person: String) async throws -> Account? {
        var parameters = SQLParameters()
        parameters.append(text: person)
        let rows = try await database.lookUp(Self.byPerson, parameters)
        return rows.rowCount > 0 ? Account(rows, row: 0) : nil
    }

    package func email(person: String) async throws -> String? { try await account(person: person)?.email.text }

    package func account(email: EmailAddress) async throws -> Account? {
        var parameters = SQLParameters()
        parameters.append(text: email.text)
        let rows = try await database.lookUp(Self.byEmail, parameters)
        return rows.rowCount > 0 ? Account(rows, row: 0) : nil
    }

    /// All accounts by e-mail, for lists of administrators.
    package func all(limit: Int = 10_000) async throws -> [Account] {
        var parameters = SQLParameters()
        parameters.append(int64: Int64(limit))
        let rows = try await database.query(Self.list, parameters)
        return (0..<rows.rowCount).compactMap { Account(rows, row: $0) }
    }

    package func principal(person: String) async throws -> Principal? { try await standing(person: person)?.principal }

    package func standing(person: String) async throws -> AccountStanding? {
        var parameters = SQLParameters()
        parameters.append(text: person)
        let rows = try await database.lookUp(Self.rights, parameters)
        guard rows.rowCount > 0, let account = Account(rows, row: 0), account.isInForce else { return nil }
        let next = 9
        var roles = Set(Self.words(rows.string(0, next)))
        var patients = Set(Self.words(rows.string(0, next + 1)))
        if !patients.isEmpty { roles.insert("patient") }
        let related = Self.words(rows.string(0, next + 2))
        if !related.isEmpty {
            let represented = try await ProxyRights(store: store, search: search).patients(of: related)
            if !represented.isEmpty { roles.insert("proxy") }
            patients.formUnion(represented)
        }
        return AccountStanding(
            principal: Principal(
                .account(person: person), roles: roles, patients: patients, practitioner: account.practitioner,
                organization: account.organization),
            tokensFrom: rows.int64(0, next + 3) ?? 0)
    }

    /// Roles granted to a person that hold now.
    package func roles(person: String) async throws -> [GrantedRole] {
        var parameters = SQLParameters()
        parameters.append(text: person)
        let rows = try await database.lookUp(Self.granted, parameters)
        return (0..<rows.rowCount).map { row in
            GrantedRole(
                role: rows.string(row, 0) ?? "", organization: rows.string(row, 1),
                practitionerRole: rows.string(row, 2))
        }
    }

    /// Whether one of the person's roles demands a second factor (`secondFactorFor` of the table of rights).
    package func demandsSecondFactor(person: String) async throws -> Bool {
        var parameters = SQLParameters()
        parameters.append(text: person)
        return try await database.read(Self.demand, parameters).bool(0, 0) ?? true
    }

    /// Whether there is anybody who can administer.
    package func hasAdministrator() async throws -> Bool {
        try await database.read(Self.anyAdministrator).bool(0, 0) ?? false
    }

    private static func words(_ text: String?) -> [String] { (text ?? "").split(separator: " ").map(String.init) }

    private static let byPerson = SQLStatement(
        "SELECT \(Account.columns) FROM user_account a WHERE a.person = $1::text")
    static let byEmail = SQLStatement("SELECT \(Account.columns) FROM user_account a WHERE a.email = $1::text")
    private static let list = SQLStatement(
        "SELECT \(Account.columns) FROM user_account a ORDER BY a.email LIMIT $1::bigint")
    /// Roles in another organization than the account's own do not count.
    private static let rights = SQLStatement(
        """
        SELECT \(Account.columns),
          (SELECT string_agg(DISTINCT r.role, ' ') FROM account_role r
           WHERE r.person = a.person AND r.active AND r.starts <= now() AND r.ends > now()
             AND (r.organization IS NULL OR a.organization IS NULL OR r.organization = a.organization)),
          CASE WHEN a.patient IS NOT NULL THEN account_patients(a.patient) END, array_to_string(a.related, ' '),
          (extract(epoch FROM account_tokens_from(a)) * 1000000)::bigint
        FROM user_account a WHERE a.person = $1::text
        """)
    private static let granted = SQLStatement(
        """
        SELECT role, organization, practitioner_role FROM account_role
        WHERE person = $1::text AND active AND starts <= now() AND ends > now() ORDER BY role, organization
        """)
    private static let demand = SQLStatement("SELECT account_demands_factor($1::text)")
    private static let anyAdministrator = SQLStatement("SELECT EXISTS (SELECT FROM account_superadmin)")
}
