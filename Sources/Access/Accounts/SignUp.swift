package import FHIRModel
import FHIRDefinitions
import FHIRFormats
import FHIRStore
import PostgreSQL
package import JSONTape

/// What a patient tells who registers without help.
package struct SignUp: Sendable {
    package var email: EmailAddress
    package var password: String
    package var name: HumanName
    /// `1990-05-17`.
    package var birthDate: String
    package var phone: String?
    /// BCP 47.
    package var language: String?
    /// A Consent as JSON.
    package var consent: JSONNode?

    package init(
        email: EmailAddress, password: String, name: HumanName, birthDate: String, phone: String? = nil,
        language: String? = nil, consent: JSONNode? = nil
    ) {
        self.email = email
        self.password = password
        self.name = name
        self.birthDate = birthDate
        self.phone = phone
        self.language = language
        self.consent = consent
    }

    /// What is kept until the account is made; with the hash of the password.
    func content(hash: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("hash", hash)
        writer.key("name")
        writer.raw(name.json)
        writer.member("birthDate", birthDate)
        if let phone { writer.member("phone", phone) }
        if let language { writer.member("language", language) }
        if let consent {
            writer.key("consent")
            writer.copy(consent)
        }
        writer.endObject()
        return writer.bytes
    }

    /// The account that `content` describes.
    static func account(_ email: EmailAddress, _ content: [UInt8]) throws -> NewAccount {
        let node = JSONNode(try Document.parse(content))
        var new = NewAccount(email, state: .pendingVerification)
        new.password = node["hash"]?.string
        new.name = try node["name"].map { try HumanName(from: $0) }
        new.birthDate = node["birthDate"]?.string
        new.phone = node["phone"]?.string
        new.language = node["language"]?.string
        var onboarding = JSONWriter()
        onboarding.beginObject()
        if let consent = node["consent"] {
            onboarding.key("consent")
            onboarding.copy(consent)
        }
        onboarding.endObject()
        new.onboarding = onboarding.bytes
        return new
    }
}

extension Accounts {
    /// Takes a self-registration in. What is told is checked here; whether the e-mail is known is found out behind the
    /// answer, which is the same for all: the id of a Person, who comes to be where the e-mail is new.
    ///
    /// Throws `AccountError`, or `StoreError` (422) where the resources would not be valid.
    package func signUp(_ signUp: SignUp) async throws -> String {
        try PasswordRules.check(signUp.password, email: signUp.email, known: [signUp.name.spoken])
        guard FHIRDate(signUp.birthDate) != nil, signUp.birthDate.utf8.count == 10,
            signUp.birthDate <= store.clock().text.prefix(10), signUp.birthDate >= "1880"
        else { throw AccountError(.invalid, "birthDate is a day in the past: 1990-05-17") }
        let content = signUp.content(hash: "")
        guard content.count <= 16_384 else { throw AccountError(.invalid, "this is more than an account takes") }
        let trial = try SignUp.account(signUp.email, content)
        try await check("Patient", AccountResources.patient(trial).json)
        try await check("Person", AccountResources.person(trial, links: []).json)
        if let node = signUp.consent {
            guard node["resourceType"]?.string == "Consent" else {
                throw AccountError(.invalid, "consent is a Consent")
            }
            try await check(
                "Consent", AccountResources.setting("patient", #"{"reference":"Patient/new"}"#, in: node))
        }
        let person = RandomToken.uuid()
        let hash = try await hasher.hash(signUp.password)
        try await ask(
            .signUp, signUp.email, person: person, content: signUp.content(hash: hash))
        return person
    }

    /// Verifies an e-mail by the link of a mail: the account is in force, and its Patient is made.
    ///
    /// Throws `AccountError.Code.gone` for a link that was used or has expired.
    @discardableResult
    package func verifyEmail(token: String) async throws -> String {
        try await store.transaction { transaction in
            guard let person = try await self.takeTicket(token, for: .verification, in: transaction.session) else {
                throw AccountError.gone
            }
            try await AccountWork(transaction).finishSignUp(of: person)
            return person
        }
    }

    /// Another registration with an e-mail that was never verified takes the place of the first, so that nobody can
    /// keep an address, or have a password of theirs confirmed by its owner, without the owner's last word.
    func replacePending(_ account: Account, by new: NewAccount) async throws {
        try await store.transaction { transaction in
            var parameters = SQLParameters()
            parameters.append(text: account.person)
            parameters.append(text: new.password)
            parameters.append(text: new.onboarding.map { String(decoding: $0, as: UTF8.self) })
            let rows = try await transaction.session.query(Self.replace, parameters)
            guard rows.affectedRows == 1 else { return }
            try await AccountWork(transaction).update(account.person, AccountResources.person(new, links: []).json)
        }
    }

    private static let replace = SQLStatement(
        """
        UPDATE user_account SET password = $2::text, onboarding = $3::text::jsonb, changed = now()
        WHERE person = $1::text AND state = 'pending-verification'
        """)

    private func check(_ typeName: String, _ json: [UInt8]) async throws {
        guard let type = store.definitions.resourceType(named: typeName) else { return }
        try await store.check(ResourceInput(type: type, document: try Document.parse(json, limits: .fhir)))
    }
}
