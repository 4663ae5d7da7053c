import Access
import Clinic
import FHIRFormats
import FHIRStore
import JSONTape
import PostgreSQL

/// Whoever changes the accounts of others, and what they may do with them. Where nobody has to sign in, everybody
/// administers.
struct Administrator {
    let roles: Set<String>
    /// The one organization whose accounts are theirs; nil for all.
    let organization: String?
    /// Id of their own Person, where they have one.
    let person: String?

    init(_ work: ClinicWork) {
        guard let principal = work.call.principal else {
            roles = ["superadmin"]
            organization = nil
            person = nil
            return
        }
        roles = principal.roles
        organization = principal.organization
        if case .account(let person) = principal.subject { self.person = person } else { person = nil }
    }

    var isSuperadmin: Bool { roles.contains("superadmin") }

    /// Refuses a role that is not below their own (403).
    ///
    /// - Returns: whether the role may only be proposed.
    func requireGift(of role: String) throws -> Bool {
        if RoleCatalog.mayGive(role, by: roles) { return false }
        if RoleCatalog.mayPropose(role, by: roles) { return true }
        throw StoreError(
            .forbidden, "nobody gives a role that is not below their own", expression: "Parameters.parameter",
            details: "role-above-own")
    }

    /// Refuses an organization that is not theirs (403); theirs stands for one that is not named.
    func organization(_ named: LocalReference?) throws -> String? {
        guard let organization else { return named?.id }
        guard named == nil || named?.id == organization else {
            throw StoreError(
                .forbidden, "accounts of another organization are not yours to change",
                expression: "Parameters.parameter", details: "not-allowed")
        }
        return organization
    }

    /// Refuses people who are not below them: of another organization (404), or with a role that they could not give
    /// (403).
    ///
    /// - Parameter isHiring: whether somebody without a role is to get one, which is a matter of human resources.
    func requireAuthority(over account: Account, isHiring: Bool = false, _ work: ClinicWork) async throws {
        if let organization, account.organization != organization {
            throw StoreError(.notFound, "Person/\(account.person) does not exist")
        }
        if isSuperadmin { return }
        let theirs = Set(try await AccountWork(work.transaction).roles(person: account.person).map(\.role))
        let isBelow = theirs.allSatisfy {
            RoleCatalog.mayGive($0, by: roles) || RoleCatalog.mayPropose($0, by: roles)
        }
        guard isBelow, roles.contains("hr") && (isHiring || !theirs.isEmpty) || roles.contains("medical-admin") else {
            throw StoreError(.forbidden, "this account is not below yours", details: "not-allowed")
        }
    }

}

extension ClinicWork {
    /// The account of a person, locked; throws `StoreError` (422 no-account) where there is none.
    func account(_ person: LocalReference) async throws -> Account {
        guard let account = try await AccountWork(transaction).account(person: person.id) else {
            throw StoreError(
                .businessRule, "\(person.text) has no account", expression: "Person", details: "no-account")
        }
        return account
    }

    /// A stored resource as it is answered.
    func saved(_ reference: LocalReference) async throws -> SavedResource {
        try await read(reference).saved(in: store)
    }

    /// Records what happened to a resource that Access has changed; the answer is the resource as it is then.
    func answer(_ event: String, on reference: LocalReference) async throws -> ClinicAnswer {
        var changes = ChangeSet(self)
        changes.record(event, reference)
        try await changes.apply()
        return ClinicAnswer(try await saved(reference))
    }

    /// Runs what Access does, with its refusals as those of operations.
    func refusing<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch let error as PostgreSQLError {
            // What guards of the database say.
            throw StoreError(error)
        } catch let error as AccountError {
            switch error.code {
            case .duplicate: throw StoreError(.conflict, error.message, details: "duplicate")
            case .conflict:
                throw StoreError(
                    .businessRule, error.message, expression: "Person", details: "illegal-transition")
            case .notFound: throw StoreError(.businessRule, error.message, details: "not-assigned")
            case .forbidden: throw StoreError(.forbidden, error.message, details: "not-allowed")
            default: throw StoreError(.businessRule, error.message, details: error.code.rawValue)
            }
        }
    }

    /// A role of `urn:martlet:role` that people have; throws `StoreError` (400) for another code.
    func roleCodes(_ name: String) throws -> [String] {
        try parameters.texts(name).map { typed in
            guard let code = RoleCatalog.code(typed) else {
                throw OperationParameters.invalid(
                    "the parameter \(name) is a code of \(RoleCatalog.system)",
                    at: parameters.place(of: name).map { $0 + ".value" })
            }
            return code
        }
    }
}
