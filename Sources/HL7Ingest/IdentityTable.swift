import FHIRDefinitions
import FHIRStore
import HL7Mapping
import PostgreSQL

/// Which resource stands for an identifier of the senders', so that parallel messages cannot create it twice.
struct IdentityTable: Sendable {
    let store: FHIRStore

    /// `Type/id` by identifier, of those that are known.
    func targets(_ type: String, _ identifiers: [FHIRIdentifier]) async throws -> [String] {
        guard !identifiers.isEmpty else { return [] }
        var parameters = SQLParameters()
        parameters.append(textArray: identifiers.map { Self.key(type, $0) })
        let rows = try await store.database.lookUp(Self.find, parameters)
        var targets: [String] = []
        for row in 0..<rows.rowCount {
            if let target = rows.string(row, 0), !targets.contains(target) { targets.append(target) }
        }
        return targets
    }

    /// The statement that claims the identifiers for a new resource; refused if somebody else has one of them.
    func statement(_ type: String, _ identifiers: [FHIRIdentifier], target: String) -> (SQLStatement, SQLParameters) {
        var parameters = SQLParameters()
        parameters.append(textArray: identifiers.map { Self.key(type, $0) })
        parameters.append(text: target)
        return (Self.claim, parameters)
    }

    // MARK: - Within a transaction

    /// Makes messages that name one of these resources wait for each other, until the transaction ends.
    func lock(_ resources: [StatedResource], in transaction: StoreTransaction) async throws {
        let keys = Set(resources.flatMap(Self.keys))
        guard !keys.isEmpty else { return }
        var parameters = SQLParameters()
        parameters.append(textArray: keys.sorted())
        _ = try await transaction.session.query(Self.lock, parameters)
    }

    /// Makes messages that name one of these orders wait for each other, until the transaction ends.
    func lock(orders numbers: Set<FHIRIdentifier>, in transaction: StoreTransaction) async throws {
        guard !numbers.isEmpty else { return }
        var parameters = SQLParameters()
        parameters.append(textArray: numbers.map { Self.key("order", $0) }.sorted())
        _ = try await transaction.session.query(Self.lock, parameters)
    }

    /// `Type/id` by the resource's identifiers and its key, of those that are known.
    func targets(_ resource: StatedResource, in transaction: StoreTransaction) async throws -> [String] {
        var parameters = SQLParameters()
        parameters.append(textArray: Self.keys(resource))
        let rows = try await transaction.session.query(Self.find, parameters)
        return Set((0..<rows.rowCount).compactMap { rows.string($0, 0) }).sorted()
    }

    /// The statements that claim the identities of new resources; refused if somebody else has one of them.
    func claims(_ claims: [(resource: StatedResource, target: String)]) -> [(SQLStatement, SQLParameters)] {
        guard !claims.isEmpty else { return [] }
        var parameters = SQLParameters()
        let pairs = claims.flatMap { claim in Self.keys(claim.resource).map { ($0, claim.target) } }
        var seen: Set<String> = []
        let unique = pairs.filter { seen.insert($0.0).inserted }
        parameters.append(textArray: unique.map(\.0))
        parameters.append(textArray: unique.map(\.1))
        return [(Self.claimAll, parameters)]
    }

    /// The resource's identifiers, and its key where it has none.
    private static func keys(_ resource: StatedResource) -> [String] {
        resource.identifiers.isEmpty
            ? [resource.identityKey] : resource.identifiers.map { key(resource.type, $0) }
    }

    private static func key(_ type: String, _ identifier: FHIRIdentifier) -> String {
        "\(type)|\(identifier.system)|\(identifier.value)"
    }

    private static let find = SQLStatement("SELECT target FROM hl7_identity WHERE key = ANY ($1::text[])")
    private static let claim = SQLStatement(
        "INSERT INTO hl7_identity (key, target) SELECT k, $2::text FROM unnest($1::text[]) k")
    /// In the order of the keys, so that messages do not wait for each other in a circle.
    private static let lock = SQLStatement(
        """
        SELECT pg_advisory_xact_lock(hashtextextended('martlet hl7 ' || k, 0))
        FROM (SELECT k FROM unnest($1::text[]) k ORDER BY k) s
        """)
    /// What an earlier message claimed for a resource that is gone since keeps its target: it comes back to life.
    private static let claimAll = SQLStatement(
        """
        INSERT INTO hl7_identity (key, target) SELECT k, t FROM unnest($1::text[], $2::text[]) c (k, t)
        WHERE NOT EXISTS (SELECT FROM hl7_identity i WHERE i.key = k AND i.target = t)
        """)
}
