import JSONTape
package import PostgreSQL
import Synchronization

/// The registered clients.
package final class Clients: Sendable {
    private let database: Database
    private let origins = Mutex<Set<String>?>(nil)
    private let changes: AccessChanges?

    /// - Parameter changes: tells when another process registered a client; nil for the command line.
    package init(database: Database, changes: AccessChanges? = nil) {
        self.database = database
        self.changes = changes
        changes?.listen { [weak self] topics in
            if topics?.contains(where: { $0.hasPrefix("client:") }) ?? true { self?.origins.withLock { $0 = nil } }
        }
    }

    /// Nil where there is none of this id.
    package func find(_ id: String) async throws -> OAuthClient? {
        guard id.utf8.count <= 200, !id.utf8.contains(0) else { return nil }
        var parameters = SQLParameters()
        parameters.append(text: id)
        let rows = try await database.lookUp(Self.find, parameters)
        return rows.rowCount == 1 ? Self.client(rows, 0) : nil
    }

    /// All of them, by id.
    package func all() async throws -> [OAuthClient] {
        let rows = try await database.read(Self.list)
        return (0..<rows.rowCount).compactMap { Self.client(rows, $0) }
    }

    /// Keeps a client that was checked; false where its id is taken.
    package func add(_ client: OAuthClient) async throws -> Bool {
        var parameters = SQLParameters()
        parameters.append(text: client.id)
        parameters.append(text: client.name)
        parameters.append(bool: client.isPublic)
        Self.append(client.proof, to: &parameters)
        parameters.append(textArray: client.grants.map(\.rawValue).sorted())
        parameters.append(textArray: client.scope)
        parameters.append(textArray: client.redirects)
        parameters.append(textArray: client.origins)
        parameters.append(text: client.organization)
        parameters.append(bool: client.isDynamic)
        return try await database.write(WriteJob([(Self.insert, parameters)]))[0].affectedRows == 1
    }

    /// Replaces what a confidential client proves itself with; false where there is no such client.
    package func replace(_ proof: OAuthClient.Proof, of id: String) async throws -> Bool {
        var parameters = SQLParameters()
        parameters.append(text: id)
        Self.append(proof, to: &parameters)
        return try await database.write(WriteJob([(Self.update, parameters)]))[0].affectedRows == 1
    }

    /// Shuts a client out, with all its tokens, or lets it in again; false where there is no such client.
    package func setEnabled(_ isEnabled: Bool, _ id: String) async throws -> Bool {
        var parameters = SQLParameters()
        parameters.append(text: id)
        parameters.append(bool: isEnabled)
        return try await database.write(WriteJob([(Self.enable, parameters)]))[0].affectedRows == 1
    }

    /// Whether scripts from an origin may ask: that of a client. Known within a second on all servers.
    package func allows(origin: String) async throws -> Bool {
        try await changes?.catchUp()
        if let known = origins.withLock({ $0 }) { return known.contains(origin) }
        let rows = try await database.read(Self.listOrigins)
        let fresh = Set((0..<rows.rowCount).compactMap { rows.string($0, 0) })
        origins.withLock { $0 = fresh }
        return fresh.contains(origin)
    }

    // MARK: - Rows

    private static func append(_ proof: OAuthClient.Proof, to parameters: inout SQLParameters) {
        var (secret, keys, url): (String?, [UInt8]?, String?)
        switch proof {
        case .none: break
        case .secret(let hash): secret = hash
        case .keys(let json): keys = json
        case .keysURL(let text): url = text
        }
        parameters.append(text: secret)
        if let keys { parameters.append(jsonb: keys) } else { parameters.appendNull() }
        parameters.append(text: url)
    }

    private static func client(_ rows: QueryResult, _ row: Int) -> OAuthClient? {
        guard let id = rows.string(row, 0), let name = rows.string(row, 1), let lists = rows.bytes(row, 5),
            let document = try? Document.parse(lists)
        else { return nil }
        func texts(_ name: StaticString) -> [String] {
            JSONNode(document)[name]?.items.compactMap(\.string) ?? []
        }
        let proof: OAuthClient.Proof =
            if let secret = rows.string(row, 2) {
                .secret(secret)
            } else if let keys = rows.bytes(row, 3) {
                .keys(keys)
            } else if let url = rows.string(row, 4) {
                .keysURL(url)
            } else {
                .none
            }
        var client = OAuthClient(
            id: id, name: name, proof: proof,
            grants: Set(texts("grants").compactMap { OAuthClient.Grant(rawValue: $0) }),
            scope: texts("scope"), redirects: texts("redirects"), origins: texts("origins"),
            organization: rows.string(row, 6))
        client.isDynamic = rows.bool(row, 7) ?? false
        client.isEnabled = rows.bool(row, 8) ?? false
        return client
    }

    private static let columns = """
        id, name, secret, keys, keys_url,
        jsonb_build_object('grants', grants, 'scope', scope, 'redirects', redirects, 'origins', origins),
        organization, is_dynamic, is_enabled
        """
    private static let find = SQLStatement("SELECT \(columns) FROM oauth_client WHERE id = $1::text")
    private static let list = SQLStatement("SELECT \(columns) FROM oauth_client ORDER BY id")
    private static let insert = SQLStatement(
        """
        INSERT INTO oauth_client (id, name, is_public, secret, keys, keys_url, grants, scope, redirects, origins,
          organization, is_dynamic)
        VALUES ($1::text, $2::text, $3::boolean, $4::text, $5::jsonb, $6::text, $7::text[], $8::text[], $9::text[],
          $10::text[], $11::text, $12::boolean)
        ON CONFLICT (id) DO NOTHING
        """)
    private static let update = SQLStatement(
        """
        UPDATE oauth_client SET secret = $2::text, keys = $3::jsonb, keys_url = $4::text
        WHERE id = $1::text AND NOT is_public
        """)
    private static let enable = SQLStatement(
        "UPDATE oauth_client SET is_enabled = $2::boolean WHERE id = $1::text")
    private static let listOrigins = SQLStatement(
        "SELECT DISTINCT unnest(origins) FROM oauth_client WHERE is_enabled")
}
