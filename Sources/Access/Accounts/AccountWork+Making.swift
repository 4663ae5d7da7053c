import FHIRModel
import FHIRStore
import PostgreSQL

extension Accounts {
    /// Makes an account with its Person and what else it takes, in a transaction of its own.
    package func create(_ new: NewAccount, id: String? = nil) async throws -> CreatedAccount {
        try await store.transaction { try await AccountWork($0).create(new, id: id) }
    }
}

extension AccountWork {

    /// Makes an account with its Person and what else it takes.
    ///
    /// Throws `AccountError.Code.duplicate` where another has the e-mail, `StoreError` (422) where a resource would
    /// not be valid.
    package func create(_ new: NewAccount, id: String? = nil) async throws -> CreatedAccount {
        var resources = AccountResources(transaction)
        var created = CreatedAccount(person: id ?? RandomToken.uuid())
        created.practitioner = new.practitioner
        created.patient = new.patient
        if created.practitioner == nil, !new.roles.isEmpty {
            let json = new.profile ?? AccountResources.practitioner(new).json
            created.practitioner = try await resources.add("Practitioner", json: json)
        }
        if created.patient == nil, new.isPatient {
            created.patient = try await resources.add("Patient", json: AccountResources.patient(new).json)
        }
        let links =
            (created.practitioner.map { ["Practitioner/" + $0] } ?? [])
            + (created.patient.map { ["Patient/" + $0] } ?? []) + new.related.map { "RelatedPerson/" + $0 }
        try await resources.add(
            "Person", json: AccountResources.person(new, links: links).json, id: created.person)
        try await insert(new, created)
        if let practitioner = created.practitioner {
            for role in new.roles {
                let resource = AccountResources.role(
                    role, practitioner: practitioner, organization: new.organization, isActive: !role.isProposed)
                let id = try await resources.add("PractitionerRole", json: resource.json)
                created.practitionerRoles.append(id)
                // Before the resource, which the row then follows.
                guard !role.isProposed else { continue }
                try await grant(
                    GrantedRole(role: role.code, organization: new.organization, practitionerRole: id),
                    to: created.person)
            }
        }
        try await resources.write()
        return created
    }

    /// Grants a role, or puts a grant that ended in force again. The PractitionerRole, written next, says when.
    func grant(_ role: GrantedRole, to person: String) async throws {
        var parameters = SQLParameters()
        parameters.append(text: person)
        parameters.append(text: role.role)
        parameters.append(text: role.organization)
        parameters.append(text: role.practitionerRole)
        _ = try await transaction.session.query(Self.grantStatement, parameters)
    }

    private func insert(_ new: NewAccount, _ created: CreatedAccount) async throws {
        var parameters = SQLParameters()
        parameters.append(text: created.person)
        parameters.append(text: new.email.text)
        parameters.append(text: new.state.rawValue)
        parameters.append(bool: new.state == .active)
        parameters.append(text: new.password)
        parameters.append(text: created.practitioner)
        parameters.append(text: created.patient)
        parameters.append(textArray: new.related)
        parameters.append(text: new.organization)
        parameters.append(text: new.onboarding.map { String(decoding: $0, as: UTF8.self) })
        let result = try await transaction.session.query(Self.insertAccount, parameters)
        guard result.affectedRows == 1 else {
            throw AccountError(.duplicate, "another account has this e-mail")
        }
    }

    private static let insertAccount = SQLStatement(
        """
        INSERT INTO user_account (
          person, email, state, person_active, password, practitioner, patient, related, organization, onboarding)
        VALUES ($1::text, $2::text, $3::text, $4::bool, $5::text, $6::text, $7::text, $8::text[], $9::text,
          $10::text::jsonb)
        ON CONFLICT (email) DO NOTHING
        """)
    private static let grantStatement = SQLStatement(
        """
        INSERT INTO account_role (person, role, organization, practitioner_role)
        VALUES ($1::text, $2::text, $3::text, $4::text)
        ON CONFLICT (person, role, coalesce(organization, '')) DO UPDATE
          SET active = true, practitioner_role = excluded.practitioner_role, starts = '-infinity', ends = 'infinity'
        """)
}
