import FHIRStore
import JSONTape
package import Logging
package import PostgreSQL
import Synchronization

/// The keys that all servers on one database sign with: made at the first start, kept sealed, replaced in time.
///
///     published ─────────────────────────────────────────────▶
///               signs from                      verifies until
///     key 1  ──────┼──────────────────────┬───────────┤
///     key 2                     ├ notice ─┼──────────────────▶
package final class SigningKeys: Sendable {
    /// How long a key serves, in seconds.
    package struct Rotation: Sendable {
        /// Signs for so long. Default: 90 days.
        package var period = 90 * 86_400
        /// Published so long before it signs, as others keep what they have read. Default: a day.
        package var notice = 86_400
        /// Verifies so long after its successor has begun to sign. Default: a day.
        package var overlap = 86_400

        package init() {}
    }

    private struct Entry {
        var key: SigningKey
        /// Microseconds since 1970.
        var signsFrom: Int64
    }

    private struct State {
        /// By id.
        var entries: [String: Entry] = [:]
        var loaded: ContinuousClock.Instant?
    }

    private let database: Database
    private let secrets: SecretBox
    private let rotation: Rotation
    private let logger: Logger
    private let state = Mutex(State())

    package init(
        database: Database, secrets: SecretBox, rotation: Rotation = Rotation(), logger: Logger
    ) {
        self.database = database
        self.secrets = secrets
        self.rotation = rotation
        self.logger = logger
    }

    /// Reads the keys; makes those that are missing.
    package func load() async throws {
        let rows = try await database.read(Self.list)
        let kinds = Set((0..<rows.rowCount).compactMap { rows.string($0, 1) })
        if SigningKey.Algorithm.allCases.allSatisfy({ kinds.contains($0.rawValue) }) { return try await take(rows) }
        try await change { _, newest in newest == nil }
    }

    /// Makes successors of keys that have served their time and forgets those that serve no longer; reads them all.
    package func rotate() async throws {
        let period = Int64(rotation.period) * 1_000_000
        try await change { now, newest in newest.map { $0 <= now - period } ?? true }
    }

    /// Rotates for as long as the server lives; also takes up what other servers have made.
    package func keepRotated() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(3600))
            guard !Task.isCancelled else { return }
            do { try await rotate() } catch { logger.warning("signing keys could not be rotated") }
        }
    }

    /// What signs now.
    package func current(_ algorithm: SigningKey.Algorithm) throws -> SigningKey {
        let now = Self.now
        let known = state.withLock { state in
            state.entries.values.filter { $0.key.algorithm == algorithm && $0.signsFrom <= now }
                .max { ($0.signsFrom, $0.key.id) < ($1.signsFrom, $1.key.id) }
        }
        guard let known else { throw PostgreSQLError(.server, "there is no signing key") }
        return known.key
    }

    /// The key of an id that a token names; nil for none of ours.
    package func key(_ id: String) async throws -> SigningKey? {
        let (known, isStale) = state.withLock { state in
            (state.entries[id]?.key, state.loaded.map { $0.duration(to: .now) > .seconds(10) } ?? true)
        }
        if let known { return known }
        // Another server may have made it just now.
        guard isStale else { return nil }
        try await take(try await database.read(Self.list))
        return state.withLock { $0.entries[id]?.key }
    }

    /// The public keys as a JSON Web Key Set (RFC 7517 §5).
    package var published: [UInt8] {
        let keys = state.withLock { state in
            state.entries.values.sorted { ($0.signsFrom, $0.key.id) < ($1.signsFrom, $1.key.id) }.map(\.key)
        }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("keys")
        writer.beginArray()
        for key in keys { writer.raw(key.publicKey) }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    // MARK: - The table

    private static let purpose = "signing-key"

    private static var now: Int64 { SystemClock.microseconds }

    private func take(_ rows: QueryResult) async throws {
        let known = state.withLock { $0.entries }
        var entries: [String: Entry] = [:]
        for row in 0..<rows.rowCount {
            guard let id = rows.string(row, 0), let name = rows.string(row, 1), let sealed = rows.bytea(row, 2),
                let signsFrom = rows.int64(row, 3), let algorithm = SigningKey.Algorithm(rawValue: name)
            else { continue }
            let key: SigningKey
            if let old = known[id] {
                key = old.key
            } else {
                key = try await SigningKey(pem: try secrets.open(sealed, for: Self.purpose), algorithm: algorithm)
            }
            entries[id] = Entry(key: key, signsFrom: signsFrom)
        }
        let fresh = entries
        state.withLock {
            $0.entries = fresh
            $0.loaded = .now
        }
    }

    /// Makes a key of each algorithm for which `isDue` says so, given the time from which the newest signs. One server
    /// at a time.
    private func change(isDue: (_ now: Int64, _ newest: Int64?) -> Bool) async throws {
        let (notice, overlap) = (Int64(rotation.notice) * 1_000_000, Int64(rotation.overlap) * 1_000_000)
        let rows = try await database.transaction { session in
            _ = try await session.query(Self.lock)
            let rows = try await session.query(Self.list)
            for algorithm in SigningKey.Algorithm.allCases {
                let starts = (0..<rows.rowCount).filter { rows.string($0, 1) == algorithm.rawValue }
                    .compactMap { rows.int64($0, 3) }
                let now = Self.now
                guard isDue(now, starts.max()) else { continue }
                let pem = try SigningKey.generate(algorithm)
                let key = try await SigningKey(pem: pem, algorithm: algorithm)
                let signsFrom = starts.isEmpty ? now : now + notice
                var old = SQLParameters()
                old.append(text: algorithm.rawValue)
                old.append(timestamp: signsFrom + overlap)
                var new = SQLParameters()
                new.append(text: key.id)
                new.append(text: algorithm.rawValue)
                new.append(bytes: try secrets.seal(pem, for: Self.purpose))
                new.append(timestamp: signsFrom)
                _ = try await session.queries([(Self.retire, old), (Self.insert, new)])
            }
            return try await session.queries([
                (Self.delete, SQLParameters()), (Self.list, SQLParameters()),
            ])[1]
        }
        try await take(rows)
    }

    private static let lock = SQLStatement("SELECT pg_advisory_xact_lock(7305804402348165)")
    private static let list = SQLStatement(
        """
        SELECT id, algorithm, sealed, (extract(epoch FROM signs_from) * 1000000)::bigint FROM signing_key
        WHERE verifies_until IS NULL OR verifies_until > now()
        """)
    private static let retire = SQLStatement(
        "UPDATE signing_key SET verifies_until = $2::timestamptz WHERE algorithm = $1::text AND verifies_until IS NULL")
    private static let insert = SQLStatement(
        """
        INSERT INTO signing_key (id, algorithm, sealed, signs_from)
        VALUES ($1::text, $2::text, $3::bytea, $4::timestamptz)
        """)
    private static let delete = SQLStatement("DELETE FROM signing_key WHERE verifies_until <= now()")
}
