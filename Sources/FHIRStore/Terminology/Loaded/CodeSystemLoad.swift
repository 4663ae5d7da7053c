package import FHIRTerminology
import JSONTape
package import PostgreSQL

/// Writes a code system into the tables, concept by concept; nobody sees it before it is whole, and then it takes the
/// place of the same version at once.
package struct CodeSystemLoad: Sendable {
    private let database: Database
    private let id: Int64
    private let url: String
    private let version: String?
    /// Concepts written so far.
    package private(set) var count = 0

    /// Concepts that go into one statement.
    package static let batchCount = 2_000

    package init(
        url: String, version: String?, name: String, language: String?, database: Database
    ) async throws {
        self.database = database
        self.url = url
        self.version = version
        var parameters = SQLParameters()
        parameters.append(text: url)
        parameters.append(text: version)
        parameters.append(text: name)
        parameters.append(text: language)
        let result = try await database.withSession {
            try await $0.query(
                SQLStatement(
                    """
                    INSERT INTO code_system (url, version, name, language)
                    VALUES ($1::text, $2::text, $3::text, $4::text) RETURNING id::bigint
                    """, isPrepared: false), parameters)
        }
        id = result.int64(0, 0) ?? 0
    }

    private static let insert = SQLStatement(
        """
        INSERT INTO code_system_concept (system, number, code, display, is_inactive, content, keys, words)
        SELECT $1::int, n, c, d, i, j, ARRAY(SELECT jsonb_array_elements_text(k)),
          array_to_tsvector(ARRAY(SELECT DISTINCT jsonb_array_elements_text(w)))
        FROM jsonb_to_recordset($2::jsonb) AS r(n int, c text, d text, i boolean, j jsonb, k jsonb, w jsonb)
        ON CONFLICT (system, code) DO NOTHING
        """)
    private static let insertLinks = SQLStatement(
        """
        INSERT INTO code_system_link (system, child, parent)
        SELECT $1::int, * FROM unnest($2::text[], $3::text[])
        """)

    /// Writes concepts behind those before. One whose code was there before is passed over, its parents are kept.
    package mutating func append(_ concepts: [DistributedConcept]) async throws {
        var start = 0
        while start < concepts.count {
            let end = min(start + Self.batchCount, concepts.count)
            try await write(concepts[start..<end])
            start = end
        }
    }

    private mutating func write(_ concepts: ArraySlice<DistributedConcept>) async throws {
        var writer = JSONWriter()
        writer.beginArray()
        var number = count
        for concept in concepts {
            ConceptRow.write(concept, number: number, to: &writer)
            number += 1
        }
        writer.endArray()
        count = number
        var parameters = self.parameters
        parameters.append(jsonb: writer.bytes)
        var links = self.parameters
        links.append(textArray: concepts.flatMap { concept in concept.parents.map { _ in concept.code } })
        links.append(textArray: concepts.flatMap(\.parents))
        let (rows, edges) = (parameters, links)
        try await database.withSession(timeout: .seconds(600)) { session in
            _ = try await session.query(Self.insert, rows)
            _ = try await session.query(Self.insertLinks, edges)
        }
    }

    private var parameters: SQLParameters {
        var parameters = SQLParameters()
        parameters.append(int32: Int32(truncatingIfNeeded: id))
        return parameters
    }

    /// Works out what is a kind of what, and puts the system in the place of the same version.
    package func finish() async throws {
        let own = parameters
        var names = own
        names.append(text: url)
        names.append(text: version)
        let replaced = names
        try await database.withSession(timeout: .zero) { session in
            for text in Self.links { _ = try await session.query(SQLStatement(text, isPrepared: false), own) }
            _ = try await session.query(SQLStatement(Self.publish, isPrepared: false), replaced)
            for text in ["ANALYZE code_system_concept", "ANALYZE code_system_kind"] { try await session.execute(text) }
        }
    }

    /// Takes away what was written.
    package func abandon() async throws {
        let own = parameters
        try await database.withSession(timeout: .zero) { session in
            for table in ["code_system_link", "code_system_kind", "code_system_concept"] {
                _ = try await session.query(
                    SQLStatement("DELETE FROM \(table) WHERE system = $1::int", isPrepared: false), own)
            }
            _ = try await session.query(
                SQLStatement("DELETE FROM code_system WHERE id = $1::int", isPrepared: false), own)
        }
    }

    private static let links = [
        """
        INSERT INTO code_system_kind (system, ancestor, descendant, is_direct)
        SELECT DISTINCT l.system, p.number, c.number, true FROM code_system_link l
        JOIN code_system_concept c ON c.system = l.system AND c.code = l.child
        JOIN code_system_concept p ON p.system = l.system AND p.code = l.parent
        WHERE l.system = $1::int AND l.child <> l.parent
        """,
        // UNION forgets pairs that were found before, so that circles come to an end.
        """
        WITH RECURSIVE kind AS (
          SELECT ancestor, descendant FROM code_system_kind WHERE system = $1::int
          UNION
          SELECT k.ancestor, d.descendant FROM kind k
          JOIN code_system_kind d ON d.system = $1::int AND d.is_direct AND d.ancestor = k.descendant)
        INSERT INTO code_system_kind (system, ancestor, descendant, is_direct)
        SELECT $1::int, ancestor, descendant, false FROM kind WHERE ancestor <> descendant
        ON CONFLICT (system, ancestor, descendant) DO NOTHING
        """,
        "DELETE FROM code_system_link WHERE system = $1::int",
    ]

    /// One statement, so that there is no moment without the system.
    private static let publish = """
        WITH old AS (
          DELETE FROM code_system WHERE url = $2::text AND version IS NOT DISTINCT FROM $3::text AND id <> $1::int
          RETURNING id),
        concepts AS (DELETE FROM code_system_concept WHERE system IN (SELECT id FROM old)),
        kinds AS (DELETE FROM code_system_kind WHERE system IN (SELECT id FROM old)),
        links AS (DELETE FROM code_system_link WHERE system IN (SELECT id FROM old))
        UPDATE code_system SET is_ready = true, loaded = now() WHERE id = $1::int
        """
}

/// A concept as `CodeSystemLoad` sends it to the database.
private enum ConceptRow {
    static func write(_ concept: DistributedConcept, number: Int, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("n")
        writer.number(number)
        writer.member("c", concept.code)
        if let display = concept.display { writer.member("d", display) }
        writer.key("i")
        writer.bool(concept.isInactive)
        writer.key("j")
        writeContent(concept, to: &writer)
        var keys: Set<String> = []
        for property in concept.properties { keys.formUnion([property.name, "\(property.name)=\(property.value)"]) }
        strings("k", keys.sorted(), to: &writer)
        let texts = [concept.code, concept.display].compactMap(\.self) + concept.designations.map(\.value)
        let words = texts.flatMap { TextFilter.words(of: $0) } + [concept.code.lowercased()]
        strings("w", Set(words).sorted(), to: &writer)
        writer.endObject()
    }

    /// As a concept of a CodeSystem has them.
    private static func writeContent(_ concept: DistributedConcept, to writer: inout JSONWriter) {
        writer.beginObject()
        if !concept.designations.isEmpty {
            writer.key("designation")
            writer.beginArray()
            for designation in concept.designations {
                writer.beginObject()
                if let language = designation.language { writer.member("language", language) }
                if let use = designation.use {
                    writer.key("use")
                    writer.beginObject()
                    if let system = use.system { writer.member("system", system) }
                    if let code = use.code { writer.member("code", code) }
                    if let display = use.display { writer.member("display", display) }
                    writer.endObject()
                }
                writer.member("value", designation.value)
                writer.endObject()
            }
            writer.endArray()
        }
        if !concept.properties.isEmpty {
            writer.key("property")
            writer.beginArray()
            for property in concept.properties {
                writer.beginObject()
                writer.member("code", property.name)
                if property.value == "true" || property.value == "false" {
                    writer.key("valueBoolean")
                    writer.bool(property.value == "true")
                } else {
                    writer.member("valueString", property.value)
                }
                writer.endObject()
            }
            writer.endArray()
        }
        writer.endObject()
    }

    private static func strings(_ key: StaticString, _ values: [String], to writer: inout JSONWriter) {
        writer.key(key)
        writer.beginArray()
        for value in values { writer.string(value) }
        writer.endArray()
    }
}
