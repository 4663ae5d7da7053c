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
        let rows = try await store.database.read(Self.find, parameters)
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

    private static func key(_ type: String, _ identifier: FHIRIdentifier) -> String {
        "\(type)|\(identifier.system)|\(identifier.value)"
    }

    private static let find = SQLStatement("SELECT target FROM hl7_identity WHERE key = ANY ($1::text[])")
    private static let claim = SQLStatement(
        "INSERT INTO hl7_identity (key, target) SELECT k, $2::text FROM unnest($1::text[]) k")
}
