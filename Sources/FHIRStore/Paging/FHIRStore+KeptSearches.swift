import Crypto
import PostgreSQL

/// Searches too long for an address, kept so that their page links can name them: what a client posts may have
/// thousands of ids, and proxies and clients refuse addresses of more than about 8 kB.
///
/// Kept by what they say, so that all pages of all walks through one search share a row. A row that no page was asked
/// for in a day is deleted, and its links are good no longer.
extension FHIRStore {
    private static let keptPurpose: StaticString = "kept-search"
    /// Longest search that is kept, in bytes.
    private static let greatestKeptByteCount = 1 << 20

    /// Keeps a search by its address, relative to the base and with its query; the text that names it in links.
    ///
    /// - Returns: nil for a search that is too long to be kept.
    package func keep(search: String) async throws -> String? {
        guard search.utf8.count <= Self.greatestKeptByteCount else { return nil }
        let digest = Array(SHA256.hash(data: Array(search.utf8)))
        var parameters = SQLParameters()
        parameters.append(bytes: digest)
        parameters.append(text: search)
        return try await translating {
            _ = try await database.write(
                WriteJob([(Self.keepSearch, parameters), (Self.forgetSearches, SQLParameters())]))
            return try await links.sign(digest, purpose: Self.keptPurpose)
        }
    }

    /// The search that `keep(search:)` gave this text for; nil for any other text, and for searches kept too long ago.
    package func keptSearch(_ text: String) async throws -> String? {
        try await translating {
            guard let digest = try await links.open(text, purpose: Self.keptPurpose) else { return nil }
            var parameters = SQLParameters()
            parameters.append(bytes: digest)
            let result = try await database.read(Self.findSearch, parameters)
            return result.rowCount > 0 ? result.string(0, 0) : nil
        }
    }

    private static let keepSearch = SQLStatement(
        """
        INSERT INTO martlet_kept_search (digest, search) VALUES ($1::bytea, $2::text)
        ON CONFLICT (digest) DO UPDATE SET used = now() WHERE martlet_kept_search.used < now() - interval '1 hour'
        """)
    private static let forgetSearches = SQLStatement(
        "DELETE FROM martlet_kept_search WHERE used < now() - interval '1 day'")
    private static let findSearch = SQLStatement(
        "SELECT search FROM martlet_kept_search WHERE digest = $1::bytea", isOfTenants: false)

    static let keptSearchMigration = Migration(
        version: 141, name: "kept searches",
        script: """
            CREATE TABLE martlet_kept_search (
              digest bytea PRIMARY KEY,
              search text NOT NULL,
              used timestamptz NOT NULL DEFAULT now());
            CREATE INDEX ON martlet_kept_search (used);
            """)
}
