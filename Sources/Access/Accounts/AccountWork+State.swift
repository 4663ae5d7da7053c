import FHIRStore
import FHIRDefinitions
import FHIRFormats
import JSONTape
import PostgreSQL

extension AccountWork {
    /// Moves an account, and its Person with it, along SM-USER. Sessions and tokens of an account that is switched off
    /// end with the transaction.
    ///
    /// Throws `AccountError`: `notFound`, `conflict` where the account is in none of the states it may leave.
    package func setState(_ state: Account.State, of person: String, from: Set<Account.State>) async throws {
        var parameters = SQLParameters()
        parameters.append(text: person)
        let rows = try await transaction.session.query(Self.lockState, parameters)
        guard rows.rowCount == 1, let old = rows.string(0, 0).flatMap({ Account.State(rawValue: $0) }) else {
            throw AccountError(.notFound, "this person has no account")
        }
        guard from.contains(old) else {
            throw AccountError(.conflict, "the account may not change from \(old.rawValue) to \(state.rawValue)")
        }
        parameters.append(text: state.rawValue)
        _ = try await transaction.session.query(Self.setState, parameters)
        if state == .deactivated {
            let (statement, ending) = Sessions.ending(person: person)
            _ = try await transaction.session.query(statement, ending)
        }
        try await show(state == .active, on: person)
    }

    /// Puts a self-registered account in force, with the Patient that it is of.
    func finishSignUp(of person: String) async throws {
        var parameters = SQLParameters()
        parameters.append(text: person)
        let rows = try await transaction.session.query(Self.onboarding, parameters)
        guard rows.rowCount == 1 else { throw AccountError.gone }
        var patient: String?
        if let waiting = rows.bytes(0, 0), let stored = try await lockedPerson(person) {
            patient = try await onboard(stored, JSONNode(try Document.parse(waiting)))
        }
        parameters.append(text: patient)
        _ = try await transaction.session.query(Self.setVerified, parameters)
        try await show(true, on: person, linking: patient.map { "Patient/" + $0 })
    }

    /// Makes the Patient, of what the Person tells, and the consent.
    private func onboard(_ person: JSONNode, _ waiting: JSONNode) async throws -> String {
        var resources = AccountResources(transaction)
        let patient = try await resources.add("Patient", json: AccountResources.patient(of: person))
        if let consent = waiting["consent"] {
            let reference = #"{"reference":"Patient/\#(patient)"}"#
            let json = AccountResources.setting("patient", reference, in: consent)
            try await resources.add("Consent", json: json)
        }
        try await resources.write()
        return patient
    }

    /// Forgets failed sign-ins.
    package func unlock(person: String) async throws {
        var parameters = SQLParameters()
        parameters.append(text: person)
        let rows = try await transaction.session.query(Self.emailOf, parameters)
        guard rows.rowCount == 1, let email = rows.string(0, 0) else {
            throw AccountError(.notFound, "this person has no account")
        }
        var key = SQLParameters()
        key.append(bytes: SignInFailures.key(email))
        _ = try await transaction.session.query(SignInFailures.unlock, key)
    }

    func show(_ isActive: Bool, on person: String, linking target: String? = nil) async throws {
        guard let node = try await lockedPerson(person),
            node["active"]?.bool != isActive || target != nil
        else { return }
        var json = AccountResources.setting("active", isActive ? "true" : "false", in: node)
        if let target {
            let links = (node["link"]?.items ?? []).map { String(decoding: $0.source, as: UTF8.self) }
            let link = #"{"target":{"reference":"\#(target)"}}"#
            let changed = JSONNode(try Document.parse(json, limits: .fhir))
            json = AccountResources.setting("link", "[\((links + [link]).joined(separator: ","))]", in: changed)
        }
        try await update(person, json)
    }

    /// Replaces a Person.
    func update(_ person: String, _ json: [UInt8]) async throws {
        guard let type = store.definitions.resourceType(named: "Person") else { return }
        let input = ResourceInput(type: type, document: try Document.parse(json, limits: .fhir))
        _ = try await transaction.update(input, id: person)
    }

    func lockedPerson(_ person: String) async throws -> JSONNode? {
        guard let type = store.definitions.resourceType(named: "Person"),
            let content = try await transaction.lock(type, id: person)?.content
        else { return nil }
        return JSONNode(try Document.parse(content, limits: .fhir))
    }

    private static let lockState = SQLStatement("SELECT state FROM user_account WHERE person = $1::text FOR UPDATE")
    private static let emailOf = SQLStatement("SELECT email FROM user_account WHERE person = $1::text")
    private static let setState = SQLStatement(
        """
        UPDATE user_account SET state = $2::text, changed = now(), person_active = $2::text = 'active',
          tokens_from = CASE WHEN $2::text = 'deactivated' THEN clock_timestamp() ELSE tokens_from END
        WHERE person = $1::text
        """)
    private static let onboarding = SQLStatement(
        """
        SELECT onboarding::text FROM user_account
        WHERE person = $1::text AND state = 'pending-verification' FOR UPDATE
        """)
    private static let setVerified = SQLStatement(
        """
        UPDATE user_account SET state = 'active', person_active = true, onboarding = NULL, changed = now(),
          patient = coalesce(patient, $2::text)
        WHERE person = $1::text
        """)
}
