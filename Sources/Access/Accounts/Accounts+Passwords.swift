package import FHIRModel
import FHIRDefinitions
import FHIRFormats
import FHIRStore
import JSONTape
import PostgreSQL

extension Accounts {
    /// Sets a password by the link of a mail; all sessions and tokens end. Returns the person.
    ///
    /// Throws `AccountError`: `gone` for a link that was used or has expired, `weakPassword`, after which the link
    /// still holds.
    @discardableResult
    package func resetPassword(token: String, to password: String) async throws -> String {
        try await choosePassword(token, .reset, password) { person, _, _ in person }
    }

    /// Accepts an invitation: sets the password, and the account is in force.
    @discardableResult
    package func acceptInvitation(token: String, password: String) async throws -> String {
        try await choosePassword(token, .invitation, password) { person, account, transaction in
            guard account.state == .invited else { throw AccountError.gone }
            try await AccountWork(transaction).setState(.active, of: person, from: [.invited])
            return person
        }
    }

    /// Changes a password by the old one; all sessions and tokens end. Who is wrong too often is locked out as at a
    /// sign-in.
    package func changePassword(of account: Account, from old: String, to new: String) async throws {
        try await requirePassword(old, of: account)
        guard old != new else { throw AccountError(.weakPassword, "the new password is the old one") }
        try await checkPassword(new, account)
        try await store.transaction { [hash = try await hasher.hash(new)] transaction in
            try await self.set(hash, account, in: transaction.session)
        }
        errandSignal.ring()
    }

    /// What rules say of a password for this account.
    package func checkPassword(_ password: String, _ account: Account) async throws {
        try PasswordRules.check(password, email: account.email, known: try await names(account.person))
    }

    /// Makes the first administrator by the link that the first start printed.
    ///
    /// Throws `gone` where the link does not hold, or somebody administers already.
    package func makeFirstAdministrator(
        token: String, email: EmailAddress, name: HumanName, password: String
    ) async throws -> CreatedAccount {
        try PasswordRules.check(password, email: email, known: [name.spoken])
        guard try await holds(token, for: .firstAdministrator) else { throw AccountError.gone }
        var new = NewAccount(email, state: .active)
        new.name = name
        new.password = try await hasher.hash(password)
        new.roles = [NewAccount.Role("superadmin")]
        return try await store.transaction { [new] transaction in
            _ = try await self.takeTicket(token, for: .firstAdministrator, in: transaction.session)
            guard try await transaction.session.query(Self.noAdministrator).bool(0, 0) == true else {
                throw AccountError.gone
            }
            return try await AccountWork(transaction).create(new)
        }
    }

    /// The code of a link by which somebody becomes the first administrator, unless there is one; the first caller
    /// gets it, and nobody a second time while it holds.
    package func offerFirstAdministrator() async throws -> String? {
        guard try await database.read(Self.mayOffer).bool(0, 0) == true else { return nil }
        return try await makeTicket(.firstAdministrator, person: nil)
    }

    private func choosePassword<Result: Sendable>(
        _ token: String, _ purpose: TicketPurpose, _ password: String,
        _ finish: @Sendable (String, Account, StoreTransaction) async throws -> Result
    ) async throws -> Result {
        // Looked at first: whoever has no link is not worth a hash.
        guard try await holds(token, for: purpose) else { throw AccountError.gone }
        let hash = try await hasher.hash(password)
        let result = try await store.transaction { transaction in
            guard let person = try await self.takeTicket(token, for: purpose, in: transaction.session),
                let account = try await self.account(person: person), account.state != .deactivated
            else { throw AccountError.gone }
            try await self.checkPassword(password, account)
            try await self.set(hash, account, in: transaction.session)
            return try await finish(person, account, transaction)
        }
        errandSignal.ring()
        return result
    }

    /// Who has the mailbox may try again at once: failures are forgotten.
    private func set(_ hash: String, _ account: Account, in session: Session) async throws {
        var parameters = SQLParameters()
        parameters.append(text: account.person)
        parameters.append(text: hash)
        var key = SQLParameters()
        key.append(bytes: SignInFailures.key(account.email.text))
        _ = try await session.queries([
            (Self.setPassword, parameters), Sessions.ending(person: account.person),
            Self.voiding(.reset, person: account.person), (SignInFailures.unlock, key),
        ])
        guard account.password != nil else { return }
        try await Errand.put(.passwordChanged, email: account.email, person: account.person, in: session)
    }

    private func names(_ person: String) async throws -> [String] {
        guard let type = store.definitions.resourceType(named: "Person") else { return [] }
        do {
            guard let content = try await store.read(type, id: person).content else { return [] }
            let node = JSONNode(try Document.parse(content, limits: .fhir))
            return (node["name"]?.items ?? []).flatMap { name in
                (name["given"]?.items ?? []).compactMap(\.string)
                    + [name["family"]?.string, name["text"]?.string]
                    .compactMap { $0 }
            }
        } catch let error as StoreError where error.code == .notFound || error.code == .gone {
            return []
        }
    }

    private static let setPassword = SQLStatement(
        """
        UPDATE user_account SET password = $2::text, tokens_from = clock_timestamp(), changed = now()
        WHERE person = $1::text
        """)
    private static let noAdministrator = SQLStatement(
        """
        SELECT NOT EXISTS (SELECT FROM account_superadmin), pg_advisory_xact_lock(7305541)
        """)
    private static let mayOffer = SQLStatement(
        """
        SELECT NOT EXISTS (SELECT FROM account_superadmin) AND NOT EXISTS (
          SELECT FROM account_ticket WHERE purpose = 'first-administrator' AND expires > now())
        """)
}
