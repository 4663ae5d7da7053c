package import PostgreSQL

/// Whoever signed in with a browser.
package struct SignedInAccount: Sendable, Hashable {
    /// Id of the Person.
    package var person: String
    /// The session as lists show it; no secret.
    package var sessionID: String
    package var usedSecondFactor: Bool
    /// In microseconds since 1970.
    package var started: Int64
}

/// A session as its owner sees it in the list.
package struct ListedSession: Sendable, Hashable {
    package var id: String
    /// Times in microseconds since 1970.
    package var started, seen, expires: Int64
    package var usedSecondFactor: Bool
    /// What the browser said it is, and the address it came from first.
    package var agent, address: String
}

/// Sessions of browsers. The cookie is random, the database has its hash; nothing about a session is kept in memory,
/// so that what ends one ends it at once, on every server.
package struct Sessions: Sendable {
    /// Name of the cookie.
    package static let cookie = "martlet_session"

    package struct Limits: Sendable {
        /// Seconds without a request. Default 30 minutes.
        package var idleSeconds: Int64 = 30 * 60
        /// Seconds at most. Default 12 hours.
        package var absoluteSeconds: Int64 = 12 * 3600
        /// Between the password and the second factor. Default 5 minutes.
        package var stepSeconds: Int64 = 5 * 60
        /// For setting up a second factor that a role demands. Default 15 minutes.
        package var enrolmentSeconds: Int64 = 15 * 60

        package init() {}
    }

    /// How far a sign-in has come.
    package enum Stage: String, Sendable {
        /// The password was right; the second factor is wanted.
        case password
        /// The password was right; a second factor has to be set up.
        case enrolment
        case full
    }

    private let database: Database
    private let limits: Limits

    package init(database: Database, limits: Limits = Limits()) {
        self.database = database
        self.limits = limits
    }

    /// Begins a session and returns the value of its cookie, which is always a new one: a value that somebody else
    /// put into the browser is never taken up.
    ///
    /// - Parameters:
    ///   - replacing: the cookie that the browser had; its session ends.
    ///   - stage: `.password` where the second factor is still wanted.
    package func start(
        person: String, stage: Stage = .full, usedSecondFactor: Bool = false, agent: String, address: String,
        replacing: String? = nil
    ) async throws -> String {
        let token = RandomToken.make()
        var parameters = SQLParameters()
        parameters.append(bytes: RandomToken.hash(token))
        parameters.append(text: RandomToken.uuid())
        parameters.append(text: person)
        parameters.append(text: stage.rawValue)
        parameters.append(bool: usedSecondFactor)
        let seconds =
            switch stage {
            case .password: limits.stepSeconds
            case .enrolment: limits.enrolmentSeconds
            case .full: limits.absoluteSeconds
            }
        parameters.append(int64: seconds)
        parameters.append(text: Self.clipped(agent))
        parameters.append(text: Self.clipped(address))
        var old = SQLParameters()
        old.append(bytes: RandomToken.hash(replacing ?? ""))
        var none = SQLParameters()
        none.append(int64: limits.idleSeconds)
        _ = try await database.write(
            WriteJob([(Self.insert, parameters), (Self.endByHash, old), (Self.forget, none)]))
        return token
    }

    /// Who signed in with the browser that sent this value of the cookie; nil if nobody did, or no longer counts as
    /// signed in.
    package func account(cookie: String) async throws -> SignedInAccount? {
        guard let row = try await find(cookie, .full) else { return nil }
        if row.isIdle {
            var parameters = SQLParameters()
            parameters.append(bytes: RandomToken.hash(cookie))
            _ = try await database.write(WriteJob([(Self.touch, parameters)]))
        }
        return row.account
    }

    /// Whose password was right, where the second factor is still wanted.
    package func halfSignedIn(cookie: String) async throws -> String? {
        try await find(cookie, .password)?.account.person
    }

    /// Whose password was right, where a second factor has to be set up first.
    package func enrolling(cookie: String) async throws -> String? {
        try await find(cookie, .enrolment)?.account.person
    }

    /// The sessions of a person, newest first.
    package func list(person: String) async throws -> [ListedSession] {
        var parameters = SQLParameters()
        parameters.append(text: person)
        parameters.append(int64: limits.idleSeconds)
        let rows = try await database.read(Self.list, parameters)
        return (0..<rows.rowCount).map { row in
            ListedSession(
                id: rows.string(row, 0) ?? "", started: rows.int64(row, 1) ?? 0, seen: rows.int64(row, 2) ?? 0,
                expires: rows.int64(row, 3) ?? 0, usedSecondFactor: rows.bool(row, 4) ?? false,
                agent: rows.string(row, 5) ?? "", address: rows.string(row, 6) ?? "")
        }
    }

    /// Ends one session of a person; false if there is none of this id.
    package func end(id: String, person: String) async throws -> Bool {
        var parameters = SQLParameters()
        parameters.append(text: id)
        parameters.append(text: person)
        let results = try await database.write(WriteJob([(Self.endByID, parameters)]))
        return results.first?.affectedRows == 1
    }

    /// Notes that a session is in use, by its id; false if it has ended.
    package func extend(session id: String) async throws -> Bool {
        var parameters = SQLParameters()
        parameters.append(text: id)
        parameters.append(int64: limits.idleSeconds)
        let results = try await database.write(WriteJob([(Self.extend, parameters)]))
        return results.first?.affectedRows == 1
    }

    /// Ends the session of a cookie, if there is one.
    package func end(cookie: String) async throws {
        var parameters = SQLParameters()
        parameters.append(bytes: RandomToken.hash(cookie))
        _ = try await database.write(WriteJob([(Self.endByHash, parameters)]))
    }

    /// Ends all sessions of a person, or all but one; returns how many.
    @discardableResult
    package func endAll(person: String, but id: String? = nil) async throws -> Int {
        let results = try await database.write(WriteJob([Self.ending(person: person, but: id)]))
        return results.first?.affectedRows ?? 0
    }

    /// The statement that ends all sessions of a person, for a transaction that does more.
    static func ending(person: String, but id: String? = nil) -> (SQLStatement, SQLParameters) {
        var parameters = SQLParameters()
        parameters.append(text: person)
        parameters.append(text: id)
        return (endAll, parameters)
    }

    private func find(_ cookie: String, _ stage: Stage) async throws -> (account: SignedInAccount, isIdle: Bool)? {
        guard cookie.utf8.count == 64 else { return nil }
        var parameters = SQLParameters()
        parameters.append(bytes: RandomToken.hash(cookie))
        parameters.append(text: stage.rawValue)
        parameters.append(int64: limits.idleSeconds)
        let rows = try await database.lookUp(Self.find, parameters)
        guard rows.rowCount == 1 else { return nil }
        let account = SignedInAccount(
            person: rows.string(0, 0) ?? "", sessionID: rows.string(0, 1) ?? "",
            usedSecondFactor: rows.bool(0, 2) ?? false, started: rows.int64(0, 3) ?? 0)
        return (account, rows.bool(0, 4) ?? false)
    }

    /// Texts that come from outside are cut, and hold nothing that could change a line.
    private static func clipped(_ text: String) -> String {
        String(text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }.prefix(200).map(Character.init))
    }

    private static let insert = SQLStatement(
        """
        INSERT INTO account_session (hash, id, person, stage, second_factor, expires, agent, address)
        VALUES ($1::bytea, $2::text, $3::text, $4::text, $5::bool, now() + make_interval(secs => $6::bigint),
          $7::text, $8::text)
        """)
    /// Written no more than once a minute. Where a role demands a second factor, sessions that began without one are
    /// none.
    private static let find = SQLStatement(
        """
        SELECT s.person, s.id, s.second_factor, (extract(epoch FROM s.started) * 1000000)::bigint,
          s.seen < now() - interval '1 minute'
        FROM account_session s JOIN user_account a USING (person)
        WHERE s.hash = $1::bytea AND s.stage = $2::text AND s.expires > now()
          AND s.seen > now() - make_interval(secs => $3::bigint)
          AND a.state = 'active' AND a.person_active
          AND (s.second_factor OR s.stage <> 'full' OR NOT account_demands_factor(s.person))
        """)
    private static let touch = SQLStatement("UPDATE account_session SET seen = now() WHERE hash = $1::bytea")
    private static let extend = SQLStatement(
        """
        UPDATE account_session s SET seen = now() FROM user_account a
        WHERE a.person = s.person AND a.state = 'active' AND a.person_active AND s.id = $1::text
          AND s.stage = 'full' AND s.expires > now() AND s.seen > now() - make_interval(secs => $2::bigint)
          AND (s.second_factor OR NOT account_demands_factor(s.person))
        """)
    private static let list = SQLStatement(
        """
        SELECT id, (extract(epoch FROM started) * 1000000)::bigint, (extract(epoch FROM seen) * 1000000)::bigint,
          (extract(epoch FROM expires) * 1000000)::bigint, second_factor, agent, address
        FROM account_session
        WHERE person = $1::text AND stage = 'full' AND expires > now()
          AND seen > now() - make_interval(secs => $2::bigint)
        ORDER BY started DESC LIMIT 200
        """)
    private static let endByID = SQLStatement(
        "DELETE FROM account_session WHERE id = $1::text AND person = $2::text")
    private static let endByHash = SQLStatement("DELETE FROM account_session WHERE hash = $1::bytea")
    private static let endAll = SQLStatement(
        "DELETE FROM account_session WHERE person = $1::text AND id IS DISTINCT FROM $2::text")
    /// Each sign-in clears a few that are past their time.
    private static let forget = SQLStatement(
        """
        DELETE FROM account_session WHERE hash IN (
          SELECT hash FROM account_session
          WHERE expires < now() OR seen < now() - make_interval(secs => $1::bigint) LIMIT 20 FOR UPDATE SKIP LOCKED)
        """)
}
