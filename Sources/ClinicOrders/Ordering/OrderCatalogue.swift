import Clinic
import FHIRModel
import FHIRStore
import JSONTape
import PostgreSQL

/// What the clinic has defined of its services: activities, order sets, questionnaires and observations.
///
/// R4 has search parameters for few of the elements that are asked here, so the database is asked directly; see the
/// indexes of `OrdersMigrations`.
struct OrderCatalogue: Sendable {
    let work: ClinicWork

    /// What is stored of a service.
    struct Offer: Sendable {
        /// Order sets whose identifier is one of the codes.
        var orderSets: [JSONNode]
        /// ActivityDefinitions with one of the codes.
        var activities: [JSONNode]
        /// Questionnaires that say that they are about one of the codes.
        var questionnaires: [JSONNode]
    }

    /// Looks for all of it in one round trip.
    func offer(_ code: CodeableConcept) async throws -> Offer {
        let found = try await find([
            (Self.plans, Self.identifiers(code)), (Self.activities, code.containments),
            (Self.questionnaires, code.containments),
        ]).map { $0.filter(Self.isInUse) }
        return Offer(orderSets: found[0], activities: found[1], questionnaires: found[2])
    }

    /// Questionnaires that say that they are about one of the codes.
    func questionnaires(_ code: CodeableConcept) async throws -> [JSONNode] {
        try await find([(Self.questionnaires, code.containments)])[0].filter(Self.isInUse)
    }

    /// ObservationDefinitions with one of the codes of any of the concepts, in the order of their ids.
    func observations(_ codes: [CodeableConcept]) async throws -> [JSONNode] {
        try await find([(Self.observations, codes.flatMap(\.containments))])[0]
    }

    private static func identifiers(_ code: CodeableConcept) -> [String] {
        code.coding.compactMap { coding -> String? in
            guard let code = coding.code else { return nil }
            let json = ResourceEdit.json { writer in
                writer.beginArray()
                writer.beginObject()
                if let system = coding.system { writer.member("system", system) }
                writer.member("value", code)
                writer.endObject()
                writer.endArray()
            }
            return String(decoding: json, as: UTF8.self)
        }
    }

    /// A definition of one of the types by its canonical, with or without a version; nil if there is none.
    func definition(_ canonical: String, _ typeNames: [String]) async throws -> JSONNode? {
        let parts = canonical.split(separator: "|", maxSplits: 1).map(String.init)
        guard let url = parts.first else { return nil }
        for typeName in typeNames {
            let value = Self.escaped(url)
            let found = try await work.search(typeName, [("url", value)], limit: 20).map(\.node)
            let wanted = found.filter { parts.count < 2 || $0["version"]?.string == parts[1] }
            if let node = wanted.first(where: Self.isInUse) ?? wanted.first { return node }
        }
        return nil
    }

    /// R4 search.html#escaping.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            if "\\,|$".contains(character) { result.append("\\") }
            result.append(character)
        }
        return result
    }

    /// R4 publication-status: what is retired is not ordered any more.
    private static func isInUse(_ node: JSONNode) -> Bool { node["status"]?.string != "retired" }

    /// What each statement finds for its texts.
    private func find(_ statements: [(String, [String])]) async throws -> [[JSONNode]] {
        guard !statements.allSatisfy(\.1.isEmpty) else { return statements.map { _ in [] } }
        let results = try await work.transaction.session.queries(
            try statements.map { statement, texts in
                var parameters = SQLParameters()
                parameters.append(textArray: texts)
                return (try work.store.statement(statement), parameters)
            })
        return try results.map { rows in
            try (0..<rows.rowCount).compactMap { row in
                try rows.bytes(row, 0).map { JSONNode(try Document.parse($0, limits: .fhir)) }
            }
        }
    }

    private static let activities = contained("ActivityDefinition", "d.content -> 'code' -> 'coding'")
    private static let observations = contained("ObservationDefinition", "d.content -> 'code' -> 'coding'")
    private static let questionnaires = contained("Questionnaire", "d.content -> 'code'")
    private static let plans = contained("PlanDefinition", "d.content -> 'identifier'")

    private static func contained(_ type: String, _ path: String) -> String {
        """
        SELECT coalesce(d.exact, d.content::text) FROM (
          SELECT DISTINCT d.id FROM unnest($1::text[]) c (wanted) JOIN @[\(type)] d ON \(path) @> c.wanted::jsonb) f
        JOIN @[\(type)] d ON d.id = f.id ORDER BY d.id LIMIT 200
        """
    }
}
