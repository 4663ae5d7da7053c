import FHIRFormats
import FHIRStore
import PostgreSQL

/// What a person puts into an authenticator app.
package struct OfferedFactor: Sendable {
    /// In base 32, as apps take it.
    package var secret: String
    /// `otpauth://totp/…`
    package var address: String
}

extension Accounts {
    private static func purpose(_ person: String) -> String { "totp Person/\(person)" }

    /// Offers a second factor, which holds from when a code of it was shown. An older offer lapses.
    package func offerSecondFactor(_ account: Account) async throws -> OfferedFactor {
        guard !account.hasSecondFactor else {
            throw AccountError(.conflict, "the account has a second factor; disable it before another is enrolled")
        }
        let secret = TimedCode.makeSecret()
        var parameters = SQLParameters()
        parameters.append(text: account.person)
        parameters.append(bytes: try secrets.seal(secret, for: Self.purpose(account.person)))
        _ = try await database.write(WriteJob([(Self.offer, parameters)]))
        return OfferedFactor(
            secret: TimedCode.base32(secret), address: TimedCode.address(secret, email: account.email))
    }

    /// Puts the offered second factor in force by a code of it; returns the recovery codes, which are not shown again.
    package func enableSecondFactor(_ account: Account, code: String) async throws -> [String] {
        var parameters = SQLParameters()
        parameters.append(text: account.person)
        let rows = try await database.read(Self.offered, parameters)
        guard rows.rowCount == 1, let sealed = rows.bytea(0, 0) else {
            throw AccountError(.conflict, "no second factor was offered; enrol one first")
        }
        let secret = try secrets.open(sealed, for: Self.purpose(account.person))
        guard let step = TimedCode.step(of: code, secret, nowSeconds: nowSeconds) else {
            return try await refuse(account.email.text, AccountError(.invalidCode, "the code does not hold"))
        }
        let codes = (0..<RecoveryCode.count).map { _ in RecoveryCode.make() }
        parameters.append(bytes: sealed)
        parameters.append(int64: step)
        parameters.append(textArray: codes.map { RandomToken.hexadecimal(RecoveryCode.hash($0)) })
        let results = try await database.write(WriteJob([(Self.enable, parameters)]))
        guard results.first?.affectedRows == 1 else {
            throw AccountError(.conflict, "another second factor was offered in the meantime")
        }
        return codes
    }

    /// Takes a code: one of the app, of a step later than any that was taken before, or a recovery code, once.
    func takeCode(_ code: String, of account: Account) async throws -> Bool {
        let typed = code.filter { $0 != " " }
        guard typed.utf8.count <= 64 else { return false }
        var parameters = SQLParameters()
        parameters.append(text: account.person)
        guard typed.utf8.count == 6, typed.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            parameters.append(bytes: RecoveryCode.hash(typed))
            return try await database.write(WriteJob([(Self.takeRecovery, parameters)])).first?.affectedRows == 1
        }
        let rows = try await database.read(Self.enabled, parameters)
        guard rows.rowCount == 1, let sealed = rows.bytea(0, 0) else { return false }
        let secret = try secrets.open(sealed, for: Self.purpose(account.person))
        guard let step = TimedCode.step(of: typed, secret, nowSeconds: nowSeconds) else { return false }
        parameters.append(int64: step)
        // Of several that come with one code at once, one is let in (RFC 6238 §5.2).
        return try await database.write(WriteJob([(Self.takeStep, parameters)])).first?.affectedRows == 1
    }

    /// Takes the second factor away, by a code of it.
    package func disableSecondFactor(_ account: Account, code: String) async throws {
        guard account.hasSecondFactor else {
            throw AccountError(.conflict, "the account has no second factor")
        }
        if try await demandsSecondFactor(person: account.person) {
            throw AccountError(.forbidden, "your role demands a second factor")
        }
        let seconds = try await SignInFailures(database: database).blockedSeconds(account.email.text)
        guard seconds == 0 else { throw AccountError.blocked(seconds) }
        guard try await takeCode(code, of: account) else {
            return try await refuse(
                account.email.text, AccountError(.invalidCode, "the code does not hold, or was used before"))
        }
        try await dropSecondFactor(person: account.person)
    }

    /// Takes the second factor of somebody else away, which is an administrator's matter.
    package func dropSecondFactor(person: String) async throws {
        var parameters = SQLParameters()
        parameters.append(text: person)
        _ = try await database.write(WriteJob([(Self.drop, parameters)]))
    }

    private var nowSeconds: Int64 { store.clock().microsecondsSince1970 / 1_000_000 }

    private static let offer = SQLStatement(
        "UPDATE user_account SET totp_offered = $2::bytea WHERE person = $1::text AND totp IS NULL")
    private static let offered = SQLStatement(
        "SELECT totp_offered FROM user_account WHERE person = $1::text AND totp IS NULL AND totp_offered IS NOT NULL")
    private static let enable = SQLStatement(
        """
        UPDATE user_account SET totp = totp_offered, totp_offered = NULL, totp_step = $3::bigint, changed = now(),
          totp_since = clock_timestamp(),
          recovery = (SELECT array_agg(decode(c, 'hex')) FROM unnest($4::text[]) c)
        WHERE person = $1::text AND totp IS NULL AND totp_offered = $2::bytea
        """)
    private static let enabled = SQLStatement(
        "SELECT totp FROM user_account WHERE person = $1::text AND totp IS NOT NULL")
    private static let takeStep = SQLStatement(
        "UPDATE user_account SET totp_step = $2::bigint WHERE person = $1::text AND totp_step < $2::bigint")
    private static let takeRecovery = SQLStatement(
        """
        UPDATE user_account SET recovery = array_remove(recovery, $2::bytea)
        WHERE person = $1::text AND totp IS NOT NULL AND $2::bytea = ANY (recovery)
        """)
    private static let drop = SQLStatement(
        """
        UPDATE user_account SET totp = NULL, totp_offered = NULL, totp_since = NULL, recovery = '{}', changed = now()
        WHERE person = $1::text
        """)
}
