import FHIRDefinitions
import FHIRFormats
import FHIRSearch
import FHIRStore
import JSONTape

/// search (R4 http.html#search): the Bundle around what the store finds.
extension Interactions {
    /// - Parameter transaction: within which to search, so that its own writes are seen; nil for the shared lanes.
    func search(
        _ type: TypeID?, _ request: InteractionRequest, in transaction: StoreTransaction? = nil
    ) async throws -> InteractionAnswer {
        guard let type else {
            throw RequestError(.notSupported, "searches over several types are not supported yet")
        }
        let query = try SearchRequest.parse(
            type: type, pairs: request.query.items.map { ($0.name, $0.value) },
            handling: request.conditions.prefer.handling == .lenient ? .lenient : .strict, indexer: search.indexer)
        let shape = try shape(request, type, takesCount: true)
        if shape?.summary == .text, !query.includes.isEmpty || !query.revIncludes.isEmpty {
            // R4 search.html#summary: the two cannot be mixed.
            throw SearchError(.invalidValue, "text cannot be asked for together with includes", parameter: "_summary")
        }
        let now = store.clock().microsecondsSince1970
        let page = try await search.search(query, in: transaction?.session, now: now)
        return InteractionAnswer(200, body: bundle(page, query, shape, base: request.base))
    }

    private func bundle(
        _ page: SearchResultPage, _ query: SearchRequest, _ shape: ResourceShape?, base: String
    ) -> [UInt8] {
        let address = "\(base)/\(query.typeName)"
        var size = 1024
        for version in page.matches { size += (version.content?.count ?? 0) + 320 }
        for version in page.included { size += (version.content?.count ?? 0) + 320 }
        var writer = JSONWriter(reservingByteCount: size)
        writer.beginObject()
        writer.member("resourceType", "Bundle")
        writer.member("type", "searchset")
        if let total = page.total {
            writer.key("total")
            writer.number(total)
            if page.isTotalEstimated { markEstimate(to: &writer) }
        }
        writer.key("link")
        writer.beginArray()
        BundleWriter.link("self", address, query: query.selfQuery, to: &writer)
        if let next = page.next {
            BundleWriter.link("next", address, query: query.query(cursor: next), to: &writer)
        }
        writer.endArray()
        let warnings = warnings(page, query)
        if !page.matches.isEmpty || !page.included.isEmpty || !warnings.isEmpty {
            writer.key("entry")
            writer.beginArray()
            for version in page.matches { write(version, mode: "match", shape, base: base, to: &writer) }
            for version in page.included { write(version, mode: "include", shape, base: base, to: &writer) }
            if !warnings.isEmpty { write(warnings, to: &writer) }
            writer.endArray()
        }
        writer.endObject()
        return writer.bytes
    }

    /// Says of the number before that it was not counted to the end.
    private func markEstimate(to writer: inout JSONWriter) {
        writer.key("_total")
        writer.beginObject()
        writer.key("extension")
        writer.beginArray()
        writer.beginObject()
        writer.member("url", "urn:martlet:estimated-total")
        writer.key("valueBoolean")
        writer.bool(true)
        writer.endObject()
        writer.endArray()
        writer.endObject()
    }

    /// R4 search.html#errors: what was left out is told in an outcome entry.
    private func warnings(_ page: SearchResultPage, _ query: SearchRequest) -> [OutcomeIssue] {
        var issues = query.warnings.map { warning in
            OutcomeIssue(
                .warning, code: "not-supported", details: "unknown-parameter", diagnostics: warning.message,
                expression: "http.\(warning.parameter)")
        }
        if page.isIncludeTruncated {
            issues.append(
                OutcomeIssue(
                    .warning, code: "too-costly", details: "includes-truncated",
                    diagnostics: "there were more included resources than a page may hold"))
        }
        return issues
    }

    private func write(
        _ version: StoredVersion, mode: String, _ shape: ResourceShape?, base: String, to writer: inout JSONWriter
    ) {
        writer.beginObject()
        writer.member("fullUrl", "\(base)/\(definitions.name(of: version.type))/\(version.stamp.id)")
        writer.key("resource")
        version.content?.withUnsafeBufferPointer {
            store.renderer.render(
                content: $0, stamp: version.stamp, shape: shape, isInclude: mode == "include", to: &writer)
        }
        writeMode(mode, to: &writer)
        writer.endObject()
    }

    private func write(_ warnings: [OutcomeIssue], to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("resource")
        OperationOutcome.write(warnings, to: &writer)
        writeMode("outcome", to: &writer)
        writer.endObject()
    }

    private func writeMode(_ mode: String, to writer: inout JSONWriter) {
        writer.key("search")
        writer.beginObject()
        writer.member("mode", mode)
        writer.endObject()
    }
}
