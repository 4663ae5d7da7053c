package import PostgreSQL
import Synchronization

/// What is done for somebody who asked, behind the answer: accounts made, mails sent. Whether there is an account is
/// found out there, so that neither the answer nor its time tells it. Holds no code of a link: those are made when the
/// mail is written.
package struct Errand: Sendable {
    package enum Kind: String, Sendable {
        /// Makes an account of what `content` holds, then as `verification`.
        case signUp = "sign-up"
        case verification
        case reset
        case invitation
        case passwordChanged = "password-changed"

        /// Whether anybody may ask for it, for any address.
        var isPublic: Bool { self != .invitation && self != .passwordChanged }
    }

    var id: Int64
    var kind: Kind
    var email: EmailAddress
    var person: String?
    var content: [UInt8]
    var attempts: Int

    /// Adds an errand within a transaction; `Accounts.errandSignal` has it looked at soon.
    package static func put(
        _ kind: Kind, email: EmailAddress, person: String?, in session: Session
    ) async throws {
        _ = try await session.query(insert, parameters(kind, email, person, nil))
    }

    static func parameters(
        _ kind: Kind, _ email: EmailAddress, _ person: String?, _ content: [UInt8]?
    ) -> SQLParameters {
        var parameters = SQLParameters()
        parameters.append(text: kind.rawValue)
        parameters.append(text: email.text)
        parameters.append(text: person)
        parameters.append(utf8: content ?? Array("{}".utf8))
        return parameters
    }

    static let insert = SQLStatement(
        """
        INSERT INTO account_errand (kind, email, person, content)
        VALUES ($1::text, $2::text, $3::text, $4::text::jsonb)
        """)
}

/// Wakes whoever does errands, in this process.
package final class ErrandSignal: Sendable {
    private let continuation = Mutex<AsyncStream<Void>.Continuation?>(nil)

    package init() {}

    package func ring() { continuation.withLock { _ = $0?.yield() } }

    /// Rings, of which several count as one.
    func rings() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        self.continuation.withLock { $0 = continuation }
        return stream
    }
}

extension Accounts {
    /// Asks for a mail to an address, whoever that is.
    package func ask(_ kind: Errand.Kind, _ email: EmailAddress) async throws {
        _ = try await database.write(WriteJob([(Errand.insert, Errand.parameters(kind, email, nil, nil))]))
        errandSignal.ring()
    }

    func ask(_ kind: Errand.Kind, _ email: EmailAddress, person: String, content: [UInt8]) async throws {
        _ = try await database.write(WriteJob([(Errand.insert, Errand.parameters(kind, email, person, content))]))
        errandSignal.ring()
    }
}
