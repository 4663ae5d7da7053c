import FHIRDefinitions
import FHIRFormats
import FHIRSearch
import FHIRStore
import JSONTape

/// history of an instance, a type or everything (R4 http.html#history).
extension Interactions {
    private static let parameters: Set<String> = ["_count", "_since", "_at", "_cursor", "_type"]

    func history(_ scope: HistoryRequest.Scope, _ request: InteractionRequest) async throws -> InteractionAnswer {
        if case .instance(let type, let id) = scope, !ResourceID.isValid(id) {
            throw StoreError(.notFound, "\(definitions.name(of: type)) has no such id")
        }
        let wanted = try historyRequest(scope, request)
        let page = try await store.history(wanted)
        return InteractionAnswer(200, body: historyBundle(page, request, path: path(scope)))
    }

    private func path(_ scope: HistoryRequest.Scope) -> String {
        switch scope {
        case .instance(let type, let id): "\(definitions.name(of: type))/\(id)/_history"
        case .type(let type): "\(definitions.name(of: type))/_history"
        case .system: "_history"
        }
    }

    // MARK: - Parameters

    private func historyRequest(
        _ scope: HistoryRequest.Scope, _ request: InteractionRequest
    ) throws -> HistoryRequest {
        let items = request.query.removing(QueryItems.general)
        if request.conditions.prefer.handling != .lenient,
            let unknown = items.items.first(where: { !Self.parameters.contains($0.name) })
        {
            throw SearchError(.unknownParameter, "history has no such parameter", parameter: unknown.name)
        }
        var result = HistoryRequest(scope: scope, count: limits.defaultPageCount)
        if let text = try single("_count", items) {
            guard let count = Int(text), count >= 0 else { throw invalid("_count", "a whole number") }
            // A page of nothing leads nowhere; the standard leaves the server free to return less or more.
            result.count = max(1, min(count, limits.greatestPageCount))
        }
        if let text = try single("_since", items) {
            guard let range = DateRange(text) else { throw invalid("_since", "an instant") }
            result.since = Instant(microsecondsSince1970: range.low)
        }
        if let text = try single("_at", items) {
            guard let range = DateRange(text) else { throw invalid("_at", "a date or time") }
            result.at = Instant(microsecondsSince1970: range.low)..<Instant(microsecondsSince1970: range.high)
        }
        if let text = try single("_cursor", items) {
            guard let cursor = HistoryCursor(text: text), definitions.resourceType(named: cursor.typeName) != nil else {
                throw SearchError(.invalidCursor, "not a cursor of this server", parameter: "_cursor")
            }
            result.cursor = cursor
        }
        if case .system = scope, let text = try single("_type", items) {
            result.scope = .system(
                try text.split(separator: ",").map { name in
                    guard let type = definitions.resourceType(named: String(name)) else {
                        throw invalid("_type", "a list of resource types")
                    }
                    return type
                })
        }
        return result
    }

    /// R4 http.html#history: each parameter at most once.
    private func single(_ name: String, _ items: QueryItems) throws -> String? {
        let values = items.all(name)
        guard values.count <= 1 else {
            throw SearchError(.invalidValue, "the parameter may be given once only", parameter: name)
        }
        return values.first.flatMap { $0.isEmpty ? nil : $0 }
    }

    private func invalid(_ name: String, _ expected: String) -> SearchError {
        SearchError(.invalidValue, "\(expected) is expected", parameter: name)
    }

    // MARK: - Bundle

    private func historyBundle(_ page: HistoryPage, _ request: InteractionRequest, path: String) -> [UInt8] {
        let items = request.query.removing(["_cursor", "_format", "_pretty"])
        var writer = JSONWriter(reservingByteCount: page.versions.reduce(1024) { $0 + ($1.content?.count ?? 0) + 512 })
        writer.beginObject()
        writer.member("resourceType", "Bundle")
        writer.member("type", "history")
        if let total = page.total {
            writer.key("total")
            writer.number(total)
        }
        writer.key("link")
        writer.beginArray()
        let own = request.query.removing(["_format", "_pretty"])
        BundleWriter.link("self", "\(request.base)/\(path)", query: own.text, to: &writer)
        if let next = page.next {
            var nextItems = items
            nextItems.items.append(QueryItems.Item("_cursor", next.text))
            BundleWriter.link("next", "\(request.base)/\(path)", query: nextItems.text, to: &writer)
        }
        writer.endArray()
        if !page.versions.isEmpty {
            writer.key("entry")
            writer.beginArray()
            for version in page.versions { write(version, base: request.base, to: &writer) }
            writer.endArray()
        }
        writer.endObject()
        return writer.bytes
    }

    private func write(_ version: StoredVersion, base: String, to writer: inout JSONWriter) {
        let typeName = definitions.name(of: version.type)
        let address = "\(typeName)/\(version.stamp.id)"
        writer.beginObject()
        writer.member("fullUrl", "\(base)/\(address)")
        if version.content != nil {
            writer.key("resource")
            writer.raw(render(version))
        }
        writer.key("request")
        writer.beginObject()
        writer.member("method", version.method.verb)
        writer.member("url", version.method == .create ? typeName : address)
        writer.endObject()
        writer.key("response")
        writer.beginObject()
        writer.member("status", version.historyStatus)
        writer.member("etag", "W/\"\(version.stamp.version)\"")
        writer.member("lastModified", version.stamp.updated.text)
        writer.endObject()
        writer.endObject()
    }
}

extension WriteCommand.Method {
    fileprivate var verb: String {
        switch self {
        case .create: "POST"
        case .update: "PUT"
        case .patch: "PATCH"
        case .delete: "DELETE"
        }
    }
}

extension StoredVersion {
    /// The status that the interaction had, as far as the version tells: a first version was a creation.
    fileprivate var historyStatus: String {
        switch method {
        case .create: "201"
        case .update, .patch: stamp.version == 1 ? "201" : "200"
        case .delete: "204"
        }
    }
}
