import FHIRDefinitions
import FHIRFormats
import FHIRSearch
import FHIRStore
import JSONTape

/// search (R4 http.html#search): the Bundle around what the store finds.
extension Interactions {
    /// - Parameters:
    ///   - type: nil for a search over several types.
    ///   - transaction: within which to search, so that its own writes are seen; nil for the shared lanes.
    func search(
        _ type: TypeID?, _ request: InteractionRequest, in transaction: StoreTransaction? = nil
    ) async throws -> InteractionAnswer {
        guard let type else {
            return try await search(among: search.searchableTypes, nil, request, in: transaction)
        }
        return try await search(type, nil, request, in: transaction)
    }

    /// Searches a compartment by its path: `Patient/23/Observation`, `Patient/23/*` (R4 compartmentdefinition.html).
    ///
    /// A compartment is there whether or not the resource is that gives it its name. One that holds no resources of the
    /// type has no such address: to answer with the whole type would be to answer another question.
    func searchCompartment(
        _ focus: TypeID, id: String, _ target: String, _ request: InteractionRequest,
        in transaction: StoreTransaction? = nil
    ) async throws -> InteractionAnswer {
        let types = PredicateBuilder(indexer: search.indexer, now: 0).compartmentTypes(focus)
        let name = definitions.name(of: focus)
        guard !types.isEmpty else { throw RequestError(.unknownPath, "\(name) gives no compartment its name") }
        guard ResourceID.isValid(id) else { throw StoreError(.notFound, "\(name) has no such id") }
        let compartment = SearchRequest.Compartment(focus: focus, id: id)
        if target == "*" {
            let known = Set(search.searchableTypes)
            return try await search(among: types.filter(known.contains), compartment, request, in: transaction)
        }
        guard let type = definitions.resourceType(named: target), types.contains(type) else {
            throw RequestError(.unknownPath, "the compartment of a \(name) holds no \(target)")
        }
        return try await search(type, compartment, request, in: transaction)
    }

    private func search(
        _ type: TypeID, _ compartment: SearchRequest.Compartment?, _ request: InteractionRequest,
        in transaction: StoreTransaction?
    ) async throws -> InteractionAnswer {
        let path = path(definitions.name(of: type), compartment)
        var compartment = compartment
        var request = try await withKeptSearch(request, path)
        func parse() throws -> SearchRequest {
            try SearchRequest.parse(
                type: type, pairs: request.query.items.map { ($0.name, $0.value) }, handling: handling(request),
                indexer: search.indexer, compartment: compartment, takesContained: true)
        }
        var query = try parse()
        if try await mayBeKnown(query.warnings) { query = try parse() }
        query.limitCount(to: search.configuration.maximumCount)
        // Containers are of any type.
        let shape = try shape(of: query, query.containment?.answersContainer == true ? nil : type, request)
        let now = store.clock().microsecondsSince1970
        var page = try await search.search(query, in: transaction?.session, now: now)
        // What nobody refers to may be a patient who was merged: then the survivor's records are meant.
        if page.matches.isEmpty, page.total ?? 0 == 0,
            let survivors = try await MergedPatients(store, transaction).survivors(of: request.query, compartment)
        {
            request.query = survivors.query
            compartment = survivors.compartment
            query = try parse()
            query.limitCount(to: search.configuration.maximumCount)
            page = try await search.search(query, in: transaction?.session, now: now)
        }
        try await complete(&page, request)
        let kept = await keep(path, query.selfQuery, page)
        let links = SearchLinks(query, page, kept: kept, base: request.base)
        var answer = InteractionAnswer(200, body: try bundle(page, links, query.warnings, shape, request))
        answer.shown = shown(page.matches + page.included)
        return answer
    }

    private func search(
        among types: [TypeID], _ compartment: SearchRequest.Compartment?, _ request: InteractionRequest,
        in transaction: StoreTransaction?
    ) async throws -> InteractionAnswer {
        let path = path("*", compartment)
        let request = try await withKeptSearch(request, path)
        func parse() throws -> SystemSearchRequest {
            try SystemSearchRequest.parse(
                among: types, pairs: request.query.items.map { ($0.name, $0.value) }, handling: handling(request),
                indexer: search.indexer, compartment: compartment)
        }
        var query = try parse()
        if try await mayBeKnown(query.common.warnings) { query = try parse() }
        query.limitCount(to: search.configuration.maximumCount)
        let shape = try shape(of: query.common, nil, request)
        let now = store.clock().microsecondsSince1970
        var page = try await search.search(query, in: transaction?.session, now: now)
        try await complete(&page, request)
        let kept = await keep(path, query.selfQuery, page)
        let links = SearchLinks(query, page, kept: kept, base: request.base)
        var answer = InteractionAnswer(200, body: try bundle(page, links, query.common.warnings, shape, request))
        answer.shown = shown(page.matches + page.included)
        return answer
    }

    private func complete(_ page: inout SearchResultPage, _ request: InteractionRequest) async throws {
        let contents = binaryContents(request)
        page.matches = try await contents.complete(page.matches)
        page.included = try await contents.complete(page.included)
    }

    private func path(_ target: String, _ compartment: SearchRequest.Compartment?) -> String {
        compartment.map { "\(definitions.name(of: $0.focus))/\($0.id)/\(target)" } ?? target
    }

    private func handling(_ request: InteractionRequest) -> SearchRequest.Handling {
        request.conditions.prefer.handling == .lenient ? .lenient : .strict
    }

    private func shape(
        of query: SearchRequest, _ type: TypeID?, _ request: InteractionRequest
    ) throws -> ResourceShape? {
        let shape = try shape(request, type, takesCount: true)
        if shape?.summary == .text, !query.includes.isEmpty || !query.revIncludes.isEmpty {
            // R4 search.html#summary: the two cannot be mixed.
            throw SearchError(.invalidValue, "text cannot be asked for together with includes", parameter: "_summary")
        }
        return shape
    }

    // MARK: - Bundle

    private func bundle(
        _ page: SearchResultPage, _ links: SearchLinks, _ warnings: [SearchRequest.Warning], _ shape: ResourceShape?,
        _ request: InteractionRequest
    ) throws -> [UInt8] {
        let searchset = SearchsetWriter(store: store, base: request.base, room: room(request))
        var writer = JSONWriter(reservingByteCount: searchset.byteCount(page.matches, page.included))
        writer.beginObject()
        writer.member("resourceType", "Bundle")
        writer.member("type", "searchset")
        if let total = page.total {
            writer.key("total")
            writer.number(total)
            if page.isTotalEstimated { markEstimate(to: &writer) }
        }
        links.write(to: &writer)
        try searchset.writeEntries(
            page.matches, page.included, issues(page, warnings), scores: page.scores, shape: shape, to: &writer)
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
    private func issues(_ page: SearchResultPage, _ warnings: [SearchRequest.Warning]) -> [OutcomeIssue] {
        var issues = warnings.map { warning in
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
}
