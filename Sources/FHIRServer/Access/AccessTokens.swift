import Crypto
package import FHIRStore
package import PostgreSQL
import Synchronization

/// Bearer tokens: random, shown once, kept as SHA-256 hashes only.
package final class AccessTokens: Sendable {
    private struct CacheEntry {
        var caller: Caller
        var validUntil: ContinuousClock.Instant
    }

    private let database: Database
    private let cache = Mutex<[[UInt8]: CacheEntry]>([:])

    /// How long a token's validity is remembered, and so how long a revoked one may still work.
    private static let cacheTime: Duration = .seconds(10)
    private static let greatestCacheCount = 10_000

    package init(database: Database) {
        self.database = database
    }

    /// Makes a token and keeps its hash.
    /// - Parameters:
    ///   - name: whose it is, for people and logs.
    ///   - lifetimeSeconds: nil for a token that does not expire.
    package func issue(name: String, lifetimeSeconds: Int?) async throws -> String {
        let token = Self.makeToken()
        var parameters = SQLParameters()
        parameters.append(bytes: Self.hash(token))
        parameters.append(text: name)
        parameters.append(int64: lifetimeSeconds.map(Int64.init))
        _ = try await database.write(WriteJob([(Self.insert, parameters)]))
        return token
    }

    /// Whose valid token this is; nil if it is none.
    package func caller(of token: String) async throws -> Caller? {
        let hash = Self.hash(token)
        if let entry = cache.withLock({ $0[hash] }), entry.validUntil > .now { return entry.caller }
        var parameters = SQLParameters()
        parameters.append(bytes: hash)
        let rows = try await database.read(Self.find, parameters)
        guard rows.rowCount == 1 else { return nil }
        let caller = Caller(name: rows.string(0, 0))
        cache.withLock { cache in
            if cache.count >= Self.greatestCacheCount { cache.removeAll() }
            cache[hash] = CacheEntry(caller: caller, validUntil: .now + Self.cacheTime)
        }
        return caller
    }

    /// 256 random bits in hexadecimal.
    private static func makeToken() -> String {
        var random = SystemRandomNumberGenerator()
        return (0..<4).map { _ in
            let text = String(random.next() as UInt64, radix: 16)
            return String(repeating: "0", count: 16 - text.count) + text
        }.joined()
    }

    private static func hash(_ token: String) -> [UInt8] { Array(SHA256.hash(data: Array(token.utf8))) }

    private static let insert = SQLStatement(
        """
        INSERT INTO access_token (hash, name, expires)
        VALUES ($1::bytea, $2::text, now() + make_interval(secs => $3::bigint))
        """)
    private static let find = SQLStatement(
        "SELECT name FROM access_token WHERE hash = $1::bytea AND (expires IS NULL OR expires > now())")

    /// The table of the hashes.
    package static let migrations = [
        Migration(
            version: 300, name: "access tokens",
            script: """
                CREATE TABLE access_token (
                  hash bytea PRIMARY KEY,
                  name text NOT NULL,
                  created timestamptz NOT NULL DEFAULT now(),
                  expires timestamptz);
                """)
    ]
}
