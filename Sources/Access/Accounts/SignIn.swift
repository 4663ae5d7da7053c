import PostgreSQL

/// What a right password leads to.
package enum SignInOutcome: Sendable, Hashable {
    case signedIn(person: String, usedSecondFactor: Bool)
    /// The code of the second factor is wanted next.
    case wantsCode(person: String)
    /// A role of the person demands a second factor, which has to be set up next.
    case wantsEnrolment(person: String)
}

/// Failed attempts, per what was typed as e-mail: they count for those who have no account as for those who have one.
struct SignInFailures {
    let database: Database

    /// Seconds for which attempts are refused; 0 if they are not.
    func blockedSeconds(_ email: String) async throws -> Int {
        var parameters = SQLParameters()
        parameters.append(bytes: Self.key(email))
        let rows = try await database.read(Self.look, parameters)
        return rows.rowCount > 0 ? Int(rows.int64(0, 0) ?? 0) : 0
    }

    /// Judges an attempt after it was checked. Attempts that were checked side by side are judged in turn: those
    /// behind the one that brought the block are refused whatever they found, so that trying at once gains nothing.
    ///
    /// - Returns: seconds for which this attempt is refused; 0 if it counts.
    func judge(_ email: String, succeeded: Bool) async throws -> Int {
        var parameters = SQLParameters()
        parameters.append(bytes: Self.key(email))
        parameters.append(bool: succeeded)
        let results = try await database.write(WriteJob([(Self.attempt, parameters)]))
        return Int(results.first?.int64(0, 0) ?? 0)
    }

    /// Whatever was typed, at a length that tables take.
    static func key(_ email: String) -> [UInt8] { RandomToken.hash("sign-in " + email.lowercased()) }

    private static let look = SQLStatement(
        """
        SELECT ceil(extract(epoch FROM blocked_until - clock_timestamp()))::bigint
        FROM sign_in_failure WHERE key = $1::bytea AND blocked_until > clock_timestamp()
        """)
    private static let attempt = SQLStatement("SELECT blocked_seconds FROM sign_in_attempt($1::bytea, $2::bool)")
    static let unlock = SQLStatement("DELETE FROM sign_in_failure WHERE key = $1::bytea")
}

extension Accounts {
    /// Checks an e-mail and a password, and the code of the second factor where the account has one.
    ///
    /// Throws `AccountError`: `invalidCredentials` alike for unknown e-mails and wrong passwords, after the same work;
    /// `blocked` alike for both after five failures; `unverified` and `deactivated` only to those who know the
    /// password.
    package func signIn(email typed: String, password: String, code: String? = nil) async throws -> SignInOutcome {
        let email = EmailAddress(typed)
        let key = email?.text ?? typed
        let failures = SignInFailures(database: database)
        let seconds = try await failures.blockedSeconds(key)
        guard seconds == 0 else { throw AccountError.blocked(seconds) }
        // The account is looked for in any case, so that the answer takes the same time.
        let account = try await account(typed: key)
        guard let account, let hash = account.password else {
            try await hasher.pretend(password)
            return try await refuse(key, .invalidCredentials)
        }
        guard try await hasher.verify(password, hash), email != nil else {
            return try await refuse(key, .invalidCredentials)
        }
        if let refusal = Self.refusal(account) { throw refusal }
        if account.hasSecondFactor {
            // The count of failures stands: it is the code that must not be guessed now.
            guard let code else { return .wantsCode(person: account.person) }
            return try await finish(account, code: code, key: key)
        }
        let blocked = try await failures.judge(key, succeeded: true)
        guard blocked == 0 else { throw AccountError.blocked(blocked) }
        try await renew(account, password)
        if try await demandsSecondFactor(person: account.person) { return .wantsEnrolment(person: account.person) }
        return .signedIn(person: account.person, usedSecondFactor: false)
    }

    /// The second step of a sign-in whose password was right.
    package func signIn(person: String, code: String) async throws -> SignInOutcome {
        guard let account = try await account(person: person), account.hasSecondFactor else {
            throw AccountError.invalidCredentials
        }
        if let refusal = Self.refusal(account) { throw refusal }
        let seconds = try await SignInFailures(database: database).blockedSeconds(account.email.text)
        guard seconds == 0 else { throw AccountError.blocked(seconds) }
        return try await finish(account, code: code, key: account.email.text)
    }

    /// Checks the password of somebody who has signed in, under the same limits as a sign-in.
    package func requirePassword(_ password: String, of account: Account) async throws {
        let failures = SignInFailures(database: database)
        let seconds = try await failures.blockedSeconds(account.email.text)
        guard seconds == 0 else { throw AccountError.blocked(seconds) }
        guard let hash = account.password, try await hasher.verify(password, hash) else {
            return try await refuse(account.email.text, .invalidCredentials)
        }
        let blocked = try await failures.judge(account.email.text, succeeded: true)
        guard blocked == 0 else { throw AccountError.blocked(blocked) }
    }

    private func finish(_ account: Account, code: String, key: String) async throws -> SignInOutcome {
        guard try await takeCode(code, of: account) else {
            return try await refuse(key, AccountError(.invalidCode, "the code does not hold, or was used before"))
        }
        let blocked = try await SignInFailures(database: database).judge(key, succeeded: true)
        guard blocked == 0 else { throw AccountError.blocked(blocked) }
        return .signedIn(person: account.person, usedSecondFactor: true)
    }

    /// Counts a failure; throws.
    func refuse<Result>(_ key: String, _ error: AccountError) async throws -> Result {
        let blocked = try await SignInFailures(database: database).judge(key, succeeded: false)
        throw blocked > 0 ? AccountError.blocked(blocked) : error
    }

    private static func refusal(_ account: Account) -> AccountError? {
        switch account.state {
        case .pendingVerification: AccountError(.unverified, "the e-mail of this account was not verified yet")
        case .deactivated: AccountError(.deactivated, "this account was switched off")
        case .invited: .invalidCredentials
        case .active:
            account.isPersonActive ? nil : AccountError(.deactivated, "this account was switched off")
        }
    }

    private func account(typed: String) async throws -> Account? {
        var parameters = SQLParameters()
        parameters.append(text: typed.filter { $0 != "\0" })
        let rows = try await database.lookUp(Self.byEmail, parameters)
        return rows.rowCount > 0 ? Account(rows, row: 0) : nil
    }

    /// Hashes made at a lower cost are made anew when the password is known.
    private func renew(_ account: Account, _ password: String) async throws {
        guard let old = account.password, hasher.isOutdated(old) else { return }
        var parameters = SQLParameters()
        parameters.append(text: account.person)
        parameters.append(text: old)
        parameters.append(text: try await hasher.hash(password))
        _ = try await database.write(WriteJob([(Self.renewHash, parameters)]))
    }

    private static let renewHash = SQLStatement(
        "UPDATE user_account SET password = $3::text WHERE person = $1::text AND password = $2::text")
}
