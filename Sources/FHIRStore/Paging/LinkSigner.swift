import Crypto
package import PostgreSQL
import Synchronization

/// Signs what page links carry, so that a client can hand back what this server wrote and nothing else.
///
///     base64url( HMAC-SHA256(key, purpose ‖ 0x00 ‖ payload) ‖ payload )
///
/// The key is 32 random bytes in the database, made by whoever needs it first: all processes on one database accept
/// each other's links, and links outlive restarts. Signed, not sealed: a client can read its own sort values.
package final class LinkSigner: Sendable {
    private let database: Database
    private let key = Mutex<SymmetricKey?>(nil)

    package init(database: Database) {
        self.database = database
    }

    /// The payload as text for a link.
    ///
    /// - Parameter purpose: what kind of link it is; a text for one purpose is none for another.
    /// - Throws: `PostgreSQLError` if the key has to be fetched and cannot.
    package func sign(_ payload: [UInt8], purpose: StaticString) async throws -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Self.message(payload, purpose), using: try await loadedKey())
        return Base64URL.encode(Array(code) + payload)
    }

    /// The payload that `sign` was given; nil for any text that it did not write for this purpose.
    ///
    /// - Throws: as `sign`.
    package func open(_ text: String, purpose: StaticString) async throws -> [UInt8]? {
        guard let bytes = Base64URL.decode(text), bytes.count >= SHA256.byteCount else { return nil }
        let payload = Array(bytes[SHA256.byteCount...])
        // Compares in constant time.
        let isOurs = HMAC<SHA256>.isValidAuthenticationCode(
            bytes[..<SHA256.byteCount], authenticating: Self.message(payload, purpose), using: try await loadedKey())
        return isOurs ? payload : nil
    }

    private static func message(_ payload: [UInt8], _ purpose: StaticString) -> [UInt8] {
        Array(UnsafeBufferPointer(start: purpose.utf8Start, count: purpose.utf8CodeUnitCount)) + [0] + payload
    }

    // MARK: - The key

    private static let name = "page-links"
    private static let keyByteCount = 32

    private func loadedKey() async throws -> SymmetricKey {
        if let known = key.withLock({ $0 }) { return known }
        let fresh = try await fetchKey()
        key.withLock { $0 = fresh }
        return fresh
    }

    /// Whoever comes first makes the key; all others read that one.
    private func fetchKey() async throws -> SymmetricKey {
        var parameters = SQLParameters()
        parameters.append(text: Self.name)
        if let known = Self.key(in: try await database.read(Self.find, parameters)) { return known }
        var offer = parameters
        offer.append(bytes: SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) })
        let results = try await database.write(WriteJob([(Self.offer, offer), (Self.find, parameters)]))
        guard let made = results.last.flatMap(Self.key) else {
            throw PostgreSQLError(.server, "the key of page links could not be made")
        }
        return made
    }

    private static func key(in result: QueryResult) -> SymmetricKey? {
        guard result.rowCount == 1, let bytes = result.bytea(0, 0), bytes.count == keyByteCount else { return nil }
        return SymmetricKey(data: bytes)
    }

    private static let find = SQLStatement("SELECT secret FROM martlet_secret WHERE name = $1::text")
    private static let offer = SQLStatement(
        "INSERT INTO martlet_secret (name, secret) VALUES ($1::text, $2::bytea) ON CONFLICT (name) DO NOTHING")

    /// The table of what servers on one database know and nobody else shall.
    static let migration = Migration(
        version: 120, name: "server secrets",
        script: """
            CREATE TABLE martlet_secret (
              name text PRIMARY KEY,
              secret bytea NOT NULL,
              created timestamptz NOT NULL DEFAULT now());
            """)
}
