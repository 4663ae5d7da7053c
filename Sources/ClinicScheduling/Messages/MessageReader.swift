import Clinic
import FHIRStore
import JSONTape
import PostgreSQL

/// Reads what messages are about and who they go to, many resources in one round trip, without locks.
struct MessageReader {
    private var found: [LocalReference: JSONNode] = [:]

    init(_ references: some Sequence<LocalReference>, in transaction: StoreTransaction) async throws {
        var ids: [String: Set<String>] = [:]
        for reference in references { ids[reference.typeName, default: []].insert(reference.id) }
        let types = ids.keys.filter { Self.types.contains($0) }.sorted()
        guard !types.isEmpty else { return }
        let statements: [(SQLStatement, SQLParameters)] = try types.map { type in
            var parameters = SQLParameters()
            parameters.append(textArray: (ids[type] ?? []).sorted())
            let text = "SELECT r.id, coalesce(r.exact, r.content::text) FROM @[\(type)] r WHERE r.id = ANY ($1::text[])"
            return (try transaction.store.statement(text), parameters)
        }
        for (type, result) in zip(types, try await transaction.session.queries(statements)) {
            for row in 0..<result.rowCount {
                guard let id = result.string(row, 0), let content = result.bytes(row, 1) else { continue }
                found[LocalReference(type, id)] = JSONNode(try Document.parse(content, limits: .fhir))
            }
        }
    }

    subscript(reference: LocalReference?) -> JSONNode? { reference.flatMap { found[$0] } }

    /// The types that messages have to do with.
    private static let types: Set<String> = [
        "Appointment", "Communication", "CommunicationRequest", "Patient", "Practitioner", "PractitionerRole",
        "RelatedPerson",
    ]
}
