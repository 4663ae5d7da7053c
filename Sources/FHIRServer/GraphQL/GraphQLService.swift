import FHIRDefinitions
import FHIRFormats
import FHIRSearch
import FHIRStore
import GraphQLSyntax
import JSONTape

/// Answers GraphQL queries over the store (R4 graphql.html): reads only.
struct GraphQLService: Sendable {
    let store: FHIRStore
    let search: SearchService
    let binaryContents: BinaryContents
    /// How much the answer may hold, and what is read for it as well.
    let room: AnswerRoom

    /// What one query may cost.
    struct Limits: Sendable {
        /// Rounds of reading: the depth to which references are followed.
        var rounds = 12
        /// Resources that one query reads by reference.
        var resources = 5_000
        /// Searches that one query runs.
        var searches = 500

        init() {}
    }

    var limits = Limits()

    /// A query as it came in.
    struct Query {
        var text: String
        var operationName: String?
        /// The object `variables`.
        var variables: JSONNode?
    }

    /// What a query came to.
    struct Answer {
        /// `{"data":{…}}`
        var json: [UInt8]
        /// `Patient/1` of what was read for it.
        var read: [String]
    }

    /// Answers a query.
    ///
    /// - Parameter focus: the resource that an instance-level query is about; nil for the whole server.
    /// - Throws: `GraphQLFailure`, and what reads and searches throw.
    func answer(_ query: Query, about focus: GraphQLSource.ResourceKey?) async throws -> Answer {
        let (document, operation) = try parse(query)
        let variables = try GraphQLVariables(operation, given: query.variables)
        var source = GraphQLSource()
        if let focus { source.resources[focus] = try await root(focus) }
        for _ in 0..<limits.rounds {
            var evaluator = GraphQLEvaluator(
                definitions: store.definitions, indexer: search.indexer, fragments: document.fragments,
                variables: variables, source: source)
            var object = GraphQLObject()
            try evaluator.evaluate(operation.selections, place(focus, source), into: &object)
            source = evaluator.source
            if source.isComplete { return Answer(json: try body(object), read: source.addresses) }
            try await fetch(&source)
        }
        throw GraphQLFailure(.tooCostly, "references are nested deeper than \(limits.rounds)")
    }

    private func parse(_ query: Query) throws -> (GraphQLDocument, GraphQLOperation) {
        let document: GraphQLDocument
        do {
            document = try GraphQLParser.parse(query.text)
        } catch let error {
            throw GraphQLFailure(.invalid, error.message, at: error.location)
        }
        guard let operation = document.operation(named: query.operationName) else {
            throw GraphQLFailure(.invalid, "operationName names none of the document's operations")
        }
        guard operation.kind == .query else {
            throw GraphQLFailure(.notSupported, "only queries are supported", at: operation.location)
        }
        return (document, operation)
    }

    private func place(_ focus: GraphQLSource.ResourceKey?, _ source: GraphQLSource) -> GraphQLFocus {
        guard let focus, let node = source.resources[focus] ?? nil else { return .system }
        return .element(GraphQLElement(node: node, type: focus.type, resource: node, resourceType: focus.type))
    }

    private func body(_ object: GraphQLObject) throws -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("data")
        try object.write(to: &writer, within: room)
        writer.endObject()
        return writer.bytes
    }

    // MARK: - Reading

    private func root(_ focus: GraphQLSource.ResourceKey) async throws -> JSONNode? {
        let version = try await store.read(focus.type, id: focus.id)
        return try root(await binaryContents.complete([version])[0])
    }

    private func root(_ version: StoredVersion) throws -> JSONNode? {
        guard let content = version.content else { return nil }
        let bytes = content.withUnsafeBufferPointer { store.renderer.render(content: $0, stamp: version.stamp) }
        return JSONNode(try Document.parse(bytes, limits: JSONLimits(maximumByteCount: 1 << 28)))
    }

    /// Reads what is missing: all resources of a type in one search, the searches side by side.
    private func fetch(_ source: inout GraphQLSource) async throws {
        guard source.resources.count + source.missingResources.count <= limits.resources else {
            throw GraphQLFailure(.tooCostly, "a query reads at most \(limits.resources) resources by reference")
        }
        guard source.pages.count + source.missingSearches.count <= limits.searches else {
            throw GraphQLFailure(.tooCostly, "a query runs at most \(limits.searches) searches")
        }
        let now = store.clock().microsecondsSince1970
        let wanted = Dictionary(grouping: source.missingResources, by: \.type)
        for (type, keys) in wanted.sorted(by: { $0.key < $1.key }) {
            for key in keys { source.resources[key] = .some(nil) }
            let found = try await versions(type, keys.map(\.id).sorted(), now: now)
            source.byteCount += Self.byteCount(found)
            try room.require(source.byteCount)
            for version in try await binaryContents.complete(found) {
                source.resources[.init(type: type, id: version.stamp.id)] = try root(version)
            }
        }
        let searches = source.missingSearches
        try await withThrowingTaskGroup(of: (GraphQLSource.SearchKey, GraphQLSource.Page).self) { group in
            for key in searches { group.addTask { (key, try await page(key, now: now)) } }
            for try await (key, page) in group {
                source.byteCount += page.byteCount
                try room.require(source.byteCount)
                source.pages[key] = page
            }
        }
        source.missingResources = []
        source.missingSearches = []
    }

    private func versions(_ type: TypeID, _ ids: [String], now: Int64) async throws -> [StoredVersion] {
        var found: [StoredVersion] = []
        var rest = ids[...]
        while !rest.isEmpty {
            let some = rest.prefix(500)
            rest = rest.dropFirst(500)
            // Nothing that is no id can be found, and it could mean something else in a list.
            let valid = some.filter { $0.utf8.allSatisfy(Self.isIDByte) }
            if valid.isEmpty { continue }
            let request = try SearchRequest.parse(
                type: type, pairs: [("_id", valid.joined(separator: ",")), ("_count", "500"), ("_total", "none")],
                handling: .strict, indexer: search.indexer)
            found += try await search.search(request, now: now).matches
        }
        return found
    }

    private static func byteCount(_ versions: [StoredVersion]) -> Int {
        versions.reduce(0) { $0 + ($1.content?.count ?? 0) }
    }

    private static func isIDByte(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte &- UInt8(ascii: "0") < 10 || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: ".")
    }

    private func page(_ key: GraphQLSource.SearchKey, now: Int64) async throws -> GraphQLSource.Page {
        let request = try SearchRequest.parse(
            type: key.type, pairs: key.pairs.map { ($0.name, $0.value) }, handling: .strict, indexer: search.indexer)
        let page = try await search.search(request, now: now)
        var resources: [JSONNode] = []
        for version in try await binaryContents.complete(page.matches) {
            if let node = try root(version) { resources.append(node) }
        }
        return GraphQLSource.Page(
            resources: resources, total: page.total, next: page.next, count: request.count, cursor: request.cursor,
            byteCount: Self.byteCount(page.matches))
    }
}
