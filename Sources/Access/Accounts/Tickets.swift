import PostgreSQL

/// What a link in a mail is good for.
package enum TicketPurpose: String, Sendable {
    case verification
    case reset
    case invitation
    /// Makes the first administrator; belongs to nobody yet.
    case firstAdministrator = "first-administrator"

    var lifetimeSeconds: Int64 {
        switch self {
        case .verification, .firstAdministrator: 24 * 3600
        case .reset: 30 * 60
        case .invitation: 7 * 24 * 3600
        }
    }
}

/// Codes in links: random, good once, kept as hashes.
extension Accounts {
    /// Makes a ticket; an older one of the same person for the same purpose no longer holds.
    func makeTicket(_ purpose: TicketPurpose, person: String?) async throws -> String {
        let token = RandomToken.make()
        var old = SQLParameters()
        old.append(text: person)
        old.append(text: purpose.rawValue)
        var new = old
        new.append(bytes: RandomToken.hash(token))
        new.append(int64: purpose.lifetimeSeconds)
        _ = try await database.write(WriteJob([(Self.voidTickets, old), (Self.insertTicket, new)]))
        return token
    }

    /// Whether a ticket would be taken now; it stays.
    package func holds(_ token: String, for purpose: TicketPurpose) async throws -> Bool {
        try await database.read(Self.lookAtTicket, Self.ticket(token, purpose)).rowCount == 1
    }

    /// Uses a ticket up, and tells whose it was; throws `AccountError.Code.gone` for one that does not hold. It comes
    /// back if the transaction fails.
    func takeTicket(_ token: String, for purpose: TicketPurpose, in session: Session) async throws -> String? {
        let rows = try await session.query(Self.useTicket, Self.ticket(token, purpose))
        guard rows.rowCount == 1 else { throw AccountError.gone }
        return rows.string(0, 0)
    }

    static func voiding(_ purpose: TicketPurpose, person: String) -> (SQLStatement, SQLParameters) {
        var parameters = SQLParameters()
        parameters.append(text: person)
        parameters.append(text: purpose.rawValue)
        return (voidTickets, parameters)
    }

    private static func ticket(_ token: String, _ purpose: TicketPurpose) -> SQLParameters {
        var parameters = SQLParameters()
        parameters.append(bytes: RandomToken.hash(token))
        parameters.append(text: purpose.rawValue)
        return parameters
    }

    /// Those past their time go too, whosever they are.
    private static let voidTickets = SQLStatement(
        """
        DELETE FROM account_ticket
        WHERE person IS NOT DISTINCT FROM $1::text AND purpose = $2::text OR expires < now() - interval '1 day'
        """)
    private static let insertTicket = SQLStatement(
        """
        INSERT INTO account_ticket (person, purpose, hash, expires)
        VALUES ($1::text, $2::text, $3::bytea, now() + make_interval(secs => $4::bigint))
        """)
    private static let lookAtTicket = SQLStatement(
        "SELECT 1 FROM account_ticket WHERE hash = $1::bytea AND purpose = $2::text AND expires > now()")
    private static let useTicket = SQLStatement(
        """
        DELETE FROM account_ticket WHERE hash = $1::bytea AND purpose = $2::text AND expires > now() RETURNING person
        """)
}
