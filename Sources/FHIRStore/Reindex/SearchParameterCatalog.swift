import FHIRDefinitions
import FHIRSearch
import JSONTape
import PostgreSQL

/// Reads and writes the custom parameters in the database: what all processes agree on.
struct SearchParameterCatalog: Sendable {
    let definitions: FHIRDefinitions
    let tables: TableCatalog

    // MARK: - Reading

    /// The set in force; one statement, so one state of the database.
    func load(in session: Session) async throws -> CustomParameterSet {
        let rows = try await session.query(Self.loadSet)
        var set = CustomParameterSet()
        for row in 0..<rows.rowCount {
            set.generation = rows.int64(row, 0) ?? 0
            set.revision = rows.int64(row, 1) ?? 0
            guard let generation = rows.int64(row, 2), let text = rows.bytes(row, 4),
                let parameter = Self.parameter(try Document.parse(text), definitions)
            else { continue }
            set.members.append(
                .init(
                    parameter, generation: generation, isActive: rows.string(row, 3) == "active",
                    resourceID: rows.string(row, 5) ?? ""))
        }
        return set
    }

    private static let loadSet = SQLStatement(
        """
        SELECT i.generation, i.revision, p.generation, p.state, p.definition::text, p.resource
        FROM search_index i LEFT JOIN search_parameter p ON p.state <> 'failed'
        ORDER BY p.generation, p.url, p.base
        """)

    // MARK: - Applying

    /// Makes the SearchParameter resources take effect as they are now; true if they had changed.
    ///
    /// Runs in a transaction. The first statement waits for writers of SearchParameter resources, whose trigger holds
    /// the row until they commit; what is read after that is all they wrote.
    func apply(in session: Session) async throws -> Bool {
        let counters = try await session.query(Self.lockCounters)
        guard counters.rowCount > 0, counters.int64(0, 1) != counters.int64(0, 2) else { return false }
        let generation = (counters.int64(0, 0) ?? 0) + 1
        let wanted = try await wanted(in: session)
        var statements: [(SQLStatement, SQLParameters)] = []
        var keep = SQLParameters()
        keep.append(textArray: wanted.map(\.baseName))
        keep.append(textArray: wanted.map(\.url))
        keep.append(textArray: wanted.map(\.definition))
        statements.append((Self.removeOthers, keep))
        for item in wanted {
            var parameters = SQLParameters()
            parameters.append(text: item.baseName)
            parameters.append(text: item.url)
            parameters.append(text: item.code)
            parameters.append(text: item.resource)
            parameters.append(utf8: item.definition)
            parameters.append(text: item.error)
            parameters.append(int64: generation)
            statements.append((Self.add, parameters))
        }
        var parameters = SQLParameters()
        parameters.append(int64: generation)
        statements.append((Self.requestJobs, parameters))
        statements.append((Self.settle, parameters))
        _ = try await session.queries(statements)
        return true
    }

    /// A parameter on one type, as the resources want it.
    private struct Wanted {
        var baseName: String
        var url: String
        var code: String
        var resource: String
        var definition: [UInt8]
        var error: String?
    }

    /// All that the resources want, each (type, url) and each (type, code) once. The earliest resource wins; what
    /// comes later is kept with the reason why it takes no effect.
    private func wanted(in session: Session) async throws -> [Wanted] {
        guard let type = definitions.resourceType(named: "SearchParameter"), tables.types.contains(type) else {
            return []
        }
        let rows = try await session.query(
            SQLStatement(
                """
                SELECT t.id, coalesce(t.exact, t.content::text) FROM \(tables.table(type).current) t
                WHERE t.content->>'status' = 'active' ORDER BY t.rid
                """, isPrepared: false))
        var resources: [(id: String, node: JSONNode)] = []
        for row in 0..<rows.rowCount {
            guard let id = rows.string(row, 0), let text = rows.bytes(row, 1), let document = try? Document.parse(text)
            else { continue }
            resources.append((id, JSONNode(document)))
        }
        // Components may name any of them, whatever the order.
        let plain = SearchParameterReader(definitions: definitions)
        let others = resources.flatMap { plain.read($0.node).parameters }
        let reader = SearchParameterReader(definitions: definitions, others: others)
        let existing = Set(tables.types)
        var wanted: [Wanted] = []
        var owners: [String: String] = [:]
        for (id, node) in resources {
            for parameter in reader.read(node).parameters where existing.contains(parameter.base) {
                let baseName = definitions.name(of: parameter.base)
                let urlOwner = owners["\(baseName) url \(parameter.url)"]
                if urlOwner != nil { continue }
                let codeOwner = owners["\(baseName) code \(parameter.code)"]
                owners["\(baseName) url \(parameter.url)"] = id
                if codeOwner == nil { owners["\(baseName) code \(parameter.code)"] = id }
                wanted.append(
                    Wanted(
                        baseName: baseName, url: parameter.url, code: parameter.code, resource: id,
                        definition: Self.json(parameter, definitions),
                        error: codeOwner.map { "SearchParameter/\($0) has the same code" }))
            }
        }
        return wanted
    }

    private static let lockCounters = SQLStatement(
        "SELECT generation, written, applied FROM search_index FOR UPDATE")
    /// Parameters that are gone or defined otherwise, and those that failed, which get another chance.
    private static let removeOthers = SQLStatement(
        """
        DELETE FROM search_parameter p
        WHERE state = 'failed' OR NOT EXISTS (
          SELECT FROM unnest($1::text[], $2::text[], $3::text[]) w (base, url, definition)
          WHERE w.base = p.base AND w.url = p.url AND w.definition::jsonb = p.definition)
        """)
    private static let add = SQLStatement(
        """
        INSERT INTO search_parameter (base, url, code, resource, definition, error, generation, state)
        VALUES ($1::text, $2::text, $3::text, $4::text, $5::text::jsonb, $6::text,
          CASE WHEN $6::text IS NULL THEN $7::int8 END,
          CASE WHEN $6::text IS NULL THEN 'indexing' ELSE 'failed' END)
        ON CONFLICT (base, url) DO UPDATE SET resource = excluded.resource
        """)
    /// A job that is under way begins anew: what it has passed lacks the new parameter.
    private static let requestJobs = SQLStatement(
        """
        INSERT INTO search_index_job (type, generation, is_full)
        SELECT DISTINCT base, $1::int8, false FROM search_parameter WHERE generation = $1::int8
        ON CONFLICT (type) DO UPDATE SET number = excluded.number, generation = excluded.generation,
          is_full = search_index_job.is_full AND search_index_job.state <> 'finished',
          state = 'waiting', waits_for = NULL, horizon = NULL, position = 0,
          contained_horizon = NULL, contained_position = 0, done = 0, requested = now(),
          finished = NULL
        """)
    private static let settle = SQLStatement(
        """
        UPDATE search_index SET applied = written, revision = revision + 1,
          generation = CASE WHEN EXISTS (SELECT FROM search_parameter WHERE generation = $1::int8)
            THEN $1::int8 ELSE generation END
        """)

    // MARK: - Definitions as JSON

    private static func json(_ parameter: CustomParameter, _ definitions: FHIRDefinitions) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("url", parameter.url)
        writer.member("code", parameter.code)
        writer.member("type", parameter.kind.rawValue)
        writer.member("base", definitions.name(of: parameter.base))
        writer.member("expression", parameter.expression)
        writer.key("target")
        writer.beginArray()
        for target in parameter.targets { writer.string(definitions.name(of: target)) }
        writer.endArray()
        writer.key("component")
        writer.beginArray()
        for component in parameter.components {
            writer.beginObject()
            writer.member("type", component.kind.rawValue)
            writer.member("expression", component.expression)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    private static func parameter(_ document: Document, _ definitions: FHIRDefinitions) -> CustomParameter? {
        let node = JSONNode(document)
        let kind = { (node: JSONNode) in
            node["type"]?.string.flatMap(SearchParameterDefinition.Kind.init(rawValue:))
        }
        guard let url = node["url"]?.string, let code = node["code"]?.string, let type = kind(node),
            let base = node["base"]?.string.flatMap(definitions.resourceType(named:)),
            let expression = node["expression"]?.string
        else { return nil }
        let targets = (node["target"]?.items ?? []).compactMap { $0.string.flatMap(definitions.resourceType(named:)) }
        let components = (node["component"]?.items ?? []).compactMap { part -> CustomParameter.Component? in
            guard let type = kind(part), let expression = part["expression"]?.string else { return nil }
            return .init(kind: type, expression: expression)
        }
        return CustomParameter(
            url: url, code: code, kind: type, base: base, expression: expression, targets: targets,
            components: components)
    }
}
