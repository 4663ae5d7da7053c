import FHIRDefinitions
import FHIRFormats
import FHIRStore
import JSONTape

/// history of an instance, a type or everything (R4 http.html#history).
extension Interactions {
    func history(_ scope: HistoryRequest.Scope, _ request: InteractionRequest) async throws -> InteractionAnswer {
        if case .instance(let type, let id) = scope, !ResourceID.isValid(id) {
            throw StoreError(.notFound, "\(definitions.name(of: type)) has no such id")
        }
        let parameters = try HistoryParameters(scope, request, definitions: definitions, limits: limits)
        let cursors = HistoryCursorText(store: store)
        var wanted = try parameters.request()
        if let text = try parameters.cursorText() { wanted.cursor = try await cursors.cursor(text) }
        let shape = try shape(request, wanted.scope.type, takesCount: true)
        var page = try await store.history(wanted)
        page.versions = try await binaryContents(request).complete(page.versions)
        let links = try await HistoryLinks(
            page, address: "\(request.base)/\(path(scope))", items: parameters.understood, cursors: cursors)
        var answer = InteractionAnswer(200, body: try historyBundle(page, shape, links, request))
        answer.shown = shown(page.versions)
        return answer
    }

    private func path(_ scope: HistoryRequest.Scope) -> String {
        switch scope {
        case .instance(let type, let id): "\(definitions.name(of: type))/\(id)/_history"
        case .type(let type): "\(definitions.name(of: type))/_history"
        case .system: "_history"
        }
    }

    // MARK: - Bundle

    private func historyBundle(
        _ page: HistoryPage, _ shape: ResourceShape?, _ links: HistoryLinks, _ request: InteractionRequest
    ) throws -> [UInt8] {
        let room = room(request)
        let size = page.versions.reduce(1024) { $0 + ($1.content?.count ?? 0) + 512 }
        var writer = JSONWriter(reservingByteCount: min(size, room.greatest))
        writer.beginObject()
        writer.member("resourceType", "Bundle")
        writer.member("type", "history")
        if let total = page.total {
            writer.key("total")
            writer.number(total)
        }
        links.write(to: &writer)
        if !page.versions.isEmpty {
            writer.key("entry")
            writer.beginArray()
            for version in page.versions {
                write(version, shape, base: request.base, to: &writer)
                try room.require(writer.bytes.count)
            }
            writer.endArray()
        }
        writer.endObject()
        return writer.bytes
    }

    private func write(
        _ version: StoredVersion, _ shape: ResourceShape?, base: String, to writer: inout JSONWriter
    ) {
        let typeName = definitions.name(of: version.type)
        let address = "\(typeName)/\(version.stamp.id)"
        writer.beginObject()
        writer.member("fullUrl", "\(base)/\(address)")
        if version.content != nil {
            writer.key("resource")
            writer.raw(render(version, shape: shape))
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

extension HistoryRequest.Scope {
    /// The one type that the history is of; nil for several.
    fileprivate var type: TypeID? {
        switch self {
        case .instance(let type, _), .type(let type): type
        case .system: nil
        }
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
