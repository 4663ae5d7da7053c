package import Carriers
package import Logging
import FHIRFormats
import FHIRStore
import PostgreSQL

/// Does errands, one after the other, until it is cancelled. Several servers share them.
package struct ErrandService: Sendable {
    /// Mails that anybody may have sent to one address within an hour; more are dropped.
    private static let mailsPerHour: Int64 = 5
    /// After so many failures an errand is given up.
    private static let greatestAttempts = 12

    private let accounts: Accounts
    private let carrier: (any MessageCarrier)?
    private let site: SiteAddress
    private let logger: Logger

    /// - Parameters:
    ///   - carrier: who takes mails; nil where none was configured.
    ///   - site: where links lead.
    package init(_ accounts: Accounts, carrier: (any MessageCarrier)?, site: SiteAddress, logger: Logger) {
        self.accounts = accounts
        self.carrier = carrier
        self.site = site
        self.logger = logger
    }

    package func run() async {
        await withTaskGroup(of: Void.self) { group in
            let rings = accounts.errandSignal.rings()
            group.addTask {
                // For those of other servers and of the command line.
                while !Task.isCancelled {
                    try? await Task.sleep(for: .seconds(1))
                    accounts.errandSignal.ring()
                }
            }
            for await _ in rings { await doAll() }
            group.cancelAll()
        }
    }

    /// Does what there is to do now.
    package func doAll() async {
        do {
            while let errand = try await take() { await attempt(errand) }
        } catch {
            logger.warning("errands of accounts cannot be read", metadata: ["reason": "\(type(of: error))"])
        }
    }

    /// The next errand, put off so that no other server takes it meanwhile.
    private func take() async throws -> Errand? {
        let results = try await accounts.database.write(WriteJob([(Self.takeNext, SQLParameters())]))
        guard let row = results.first, row.rowCount == 1 else { return nil }
        guard let kind = row.string(0, 1).flatMap({ Errand.Kind(rawValue: $0) }),
            let email = row.string(0, 2).flatMap({ EmailAddress($0) })
        else { return nil }
        return Errand(
            id: row.int64(0, 0) ?? 0, kind: kind, email: email, person: row.string(0, 3),
            content: row.bytes(0, 4) ?? [], attempts: Int(row.int64(0, 5) ?? 0))
    }

    private func attempt(_ errand: Errand) async {
        do {
            if errand.kind.isPublic, try await isTooMany(errand) {
                logger.notice("an errand of an account was dropped", metadata: ["reason": "too many"])
            } else if let mail = try await mail(of: errand) {
                try await send(mail, errand)
            }
            try await finish(errand)
        } catch let error as CarrierError where error.isPermanent {
            logger.warning("a mail cannot be sent", metadata: ["errand": "\(errand.id)", "code": "\(error.code)"])
            try? await finish(errand)
        } catch is AccountError {
            // There is no such account, or not in a state to which this mail belongs.
            try? await finish(errand)
        } catch {
            let code = (error as? CarrierError).map { "\($0.code)" } ?? "\(type(of: error))"
            logger.warning("an errand has to wait", metadata: ["errand": "\(errand.id)", "code": "\(code)"])
            if errand.attempts >= Self.greatestAttempts { try? await finish(errand) }
        }
    }

    private func isTooMany(_ errand: Errand) async throws -> Bool {
        var parameters = SQLParameters()
        parameters.append(text: errand.email.text)
        parameters.append(int64: errand.id)
        let rows = try await accounts.database.read(Self.countRecent, parameters)
        return (rows.int64(0, 0) ?? 0) >= Self.mailsPerHour
    }

    /// What is to be written, with a new link in it; nil for nothing.
    private func mail(of errand: Errand) async throws -> AccountMail? {
        switch errand.kind {
        case .signUp: return try await signUp(errand)
        case .verification: return try await verification(of: errand.email)
        case .reset:
            guard let account = try await accounts.account(email: errand.email) else { return nil }
            switch account.state {
            case .pendingVerification: return try await verification(of: errand.email)
            case .invited: return try await invitation(account)
            case .deactivated: return nil
            case .active:
                guard account.isPersonActive else { return nil }
                let token = try await accounts.makeTicket(.reset, person: account.person)
                return .reset(link: link("password/reset", token))
            }
        case .invitation:
            guard let account = try await accounts.account(email: errand.email), account.state == .invited else {
                return nil
            }
            return try await invitation(account)
        case .passwordChanged: return .passwordChanged(link: site.text + "/auth/password/forgot")
        }
    }

    private func signUp(_ errand: Errand) async throws -> AccountMail? {
        let new = try SignUp.account(errand.email, errand.content)
        if let account = try await accounts.account(email: errand.email) {
            guard account.state == .pendingVerification else {
                // Who has the mailbox learns that the address was used; nobody else does.
                return account.isInForce ? .alreadyRegistered(link: site.text + "/auth/sign-in") : nil
            }
            try await accounts.replacePending(account, by: new)
        } else {
            do {
                _ = try await accounts.create(new, id: errand.person)
            } catch let error as AccountError where error.code == .duplicate {
                return try await signUp(errand)
            } catch let error as StoreError where !error.mayPass {
                logger.warning("a registration was dropped", metadata: ["code": "\(error.code)"])
                return nil
            }
        }
        return try await verification(of: errand.email)
    }

    private func verification(of email: EmailAddress) async throws -> AccountMail? {
        guard let account = try await accounts.account(email: email), account.state == .pendingVerification else {
            return nil
        }
        let token = try await accounts.makeTicket(.verification, person: account.person)
        return .verification(link: link("verify-email", token))
    }

    private func invitation(_ account: Account) async throws -> AccountMail {
        let token = try await accounts.makeTicket(.invitation, person: account.person)
        return .invitation(link: link("invitation", token))
    }

    private func link(_ page: String, _ token: String) -> String { "\(site.text)/auth/\(page)?token=\(token)" }

    private func send(_ mail: AccountMail, _ errand: Errand) async throws {
        guard let carrier else { throw CarrierError(.unreachable, "no mail server was configured") }
        _ = try await carrier.send(
            Notice(
                id: "account-\(errand.id)-\(errand.attempts)", recipient: errand.email.text, subject: mail.subject,
                text: mail.text, createdSeconds: accounts.store.clock().microsecondsSince1970 / 1_000_000))
    }

    private func finish(_ errand: Errand) async throws {
        var parameters = SQLParameters()
        parameters.append(int64: errand.id)
        _ = try await accounts.database.write(
            WriteJob([(Self.setDone, parameters), (Self.forget, SQLParameters())]))
    }

    /// Put off by twice as long each time, up to two hours.
    private static let takeNext = SQLStatement(
        """
        UPDATE account_errand SET attempts = attempts + 1,
          due = now() + make_interval(secs => least(7200, 30 * power(2, attempts)))
        WHERE id = (
          SELECT id FROM account_errand WHERE done IS NULL AND due <= now()
          ORDER BY due, id LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING id, kind, email, person, content::text, attempts
        """)
    private static let countRecent = SQLStatement(
        """
        SELECT count(*) FROM account_errand WHERE email = $1::text AND created > now() - interval '1 hour'
          AND kind IN ('sign-up', 'verification', 'reset') AND id < $2::bigint
        """)
    private static let setDone = SQLStatement(
        "UPDATE account_errand SET done = now(), content = '{}' WHERE id = $1::bigint")
    private static let forget = SQLStatement(
        """
        DELETE FROM account_errand WHERE id IN (
          SELECT id FROM account_errand WHERE done < now() - interval '1 day' LIMIT 20 FOR UPDATE SKIP LOCKED)
        """)
}

extension StoreError {
    /// Whether the same may succeed another time.
    fileprivate var mayPass: Bool {
        switch code {
        case .timeout, .overloaded, .unavailable, .stale, .fault: true
        default: false
        }
    }
}
