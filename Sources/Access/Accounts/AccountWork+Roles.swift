import FHIRDefinitions
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape
import PostgreSQL

extension AccountWork {
    /// The account of a person, locked until the transaction ends; nil if there is none.
    package func account(person: String) async throws -> Account? {
        var parameters = SQLParameters()
        parameters.append(text: person)
        let rows = try await transaction.session.query(Self.lockAccount, parameters)
        return rows.rowCount > 0 ? Account(rows, row: 0) : nil
    }

    /// Roles of a person that are granted, also those whose time is over or still to come, as far as their
    /// PractitionerRoles do not speak against them.
    package func roles(person: String) async throws -> [GrantedRole] {
        var parameters = SQLParameters()
        parameters.append(text: person)
        let rows = try await transaction.session.query(Self.roles, parameters)
        return (0..<rows.rowCount).map { row in
            GrantedRole(
                role: rows.string(row, 0) ?? "", organization: rows.string(row, 1),
                practitionerRole: rows.string(row, 2))
        }
    }

    /// Gives a role of staff, with the PractitionerRole that shows it; returns that one's id. A role that was proposed
    /// comes in force. Who is no Practitioner yet becomes one.
    ///
    /// Throws `AccountError.Code.duplicate` where the person has the role.
    package func assign(_ role: NewAccount.Role, organization: String?, to account: Account) async throws -> String {
        let present = try await roles(person: account.person)
        guard role.isProposed || !present.contains(where: { $0.role == role.code && $0.organization == organization })
        else { throw AccountError(.duplicate, "this person has the role already") }
        var resources = AccountResources(transaction)
        var practitioner = account.practitioner
        if practitioner == nil { practitioner = try await makePractitioner(of: account, &resources) }
        guard let practitioner else { throw AccountError(.notFound, "this person does not exist") }
        let resource = AccountResources.role(
            role, practitioner: practitioner, organization: organization, isActive: !role.isProposed)
        let id = RandomToken.uuid()
        if !role.isProposed {
            try await grant(
                GrantedRole(role: role.code, organization: organization, practitionerRole: id), to: account.person)
        }
        try await resources.add("PractitionerRole", json: resource.json, id: id)
        try await resources.write()
        return id
    }

    /// Takes a role away; returns the id of the PractitionerRole, which is no longer active.
    ///
    /// Throws `AccountError.Code.notFound` where the person has no such role, `StoreError` (409 last-administrator)
    /// where nobody would be left who administers.
    package func revoke(_ role: String, organization: String?, from person: String) async throws -> String? {
        var parameters = SQLParameters()
        parameters.append(text: person)
        parameters.append(text: role)
        parameters.append(text: organization)
        let rows = try await transaction.session.query(Self.takeRole, parameters)
        guard rows.rowCount > 0 else { throw AccountError(.notFound, "this person does not have the role") }
        guard let id = rows.string(0, 0), let type = store.definitions.resourceType(named: "PractitionerRole"),
            let content = try await transaction.lock(type, id: id)?.content
        else { return nil }
        let node = JSONNode(try Document.parse(content, limits: .fhir))
        var json = AccountResources.setting("active", "false", in: node)
        let start = node["period"]?["start"]?.string.map { #""start":"\#($0)","# } ?? ""
        let now = store.clock().truncatedToMilliseconds.text
        // A period that begins later than it ends is none.
        if node["period"]?["start"]?.string.map({ $0 <= now }) ?? true {
            let changed = JSONNode(try Document.parse(json, limits: .fhir))
            json = AccountResources.setting("period", #"{\#(start)"end":"\#(now)"}"#, in: changed)
        }
        let input = ResourceInput(type: type, document: try Document.parse(json, limits: .fhir))
        _ = try await transaction.update(input, id: id)
        return id
    }

    private func makePractitioner(
        of account: Account, _ resources: inout AccountResources
    ) async throws -> String? {
        guard let person = try await lockedPerson(account.person) else { return nil }
        let id = try await resources.add(
            "Practitioner", json: AccountResources.practitioner(of: person))
        var parameters = SQLParameters()
        parameters.append(text: account.person)
        parameters.append(text: id)
        _ = try await transaction.session.query(Self.setPractitioner, parameters)
        try await show(person["active"]?.bool ?? true, on: account.person, linking: "Practitioner/" + id)
        return id
    }

    private static let lockAccount = SQLStatement(
        "SELECT \(Account.columns) FROM user_account a WHERE a.person = $1::text FOR UPDATE")
    private static let roles = SQLStatement(
        """
        SELECT role, organization, practitioner_role FROM account_role
        WHERE person = $1::text AND active AND ends > now() ORDER BY role, organization
        """)
    private static let takeRole = SQLStatement(
        """
        DELETE FROM account_role WHERE person = $1::text AND role = $2::text
          AND organization IS NOT DISTINCT FROM $3::text
        RETURNING practitioner_role
        """)
    private static let setPractitioner = SQLStatement(
        "UPDATE user_account SET practitioner = $2::text, changed = now() WHERE person = $1::text")
}
