import FHIRFormats
import FHIRDefinitions
import FHIRStore
import JSONTape

/// batch and transaction (R4 http.html#transaction).
extension Interactions {
    func bundle(_ request: InteractionRequest) async throws -> InteractionAnswer {
        var bundle = try RequestBundle(try request.requireBody(), definitions: definitions)
        for position in bundle.entries.indices {
            bundle.entries[position].url = relative(bundle.entries[position].url, base: request.base)
        }
        switch bundle.kind {
        case .transaction: return try await transaction(bundle, request)
        case .batch: return try await batch(bundle, request)
        }
    }

    /// Entries may hold addresses with or without our own base.
    private func relative(_ url: String, base: String) -> String {
        if url.hasPrefix(base), url.dropFirst(base.count).first.map({ $0 == "/" || $0 == "?" }) ?? true {
            return String(url.dropFirst(base.count).drop { $0 == "/" })
        }
        return url.first == "/" ? String(url.dropFirst()) : url
    }

    // MARK: - Transaction

    private func transaction(_ bundle: RequestBundle, _ request: InteractionRequest) async throws -> InteractionAnswer {
        try check(bundle)
        let outcomes = try await store.execute(bundle) { entry, transaction in
            try await read(entry, of: request, in: transaction)
        }
        var writer = JSONWriter(reservingByteCount: 256 + outcomes.count * 256)
        begin("transaction-response", to: &writer, isEmpty: outcomes.isEmpty)
        for outcome in outcomes { BundleWriter.entry(answer(outcome, request), to: &writer) }
        end(&writer, isEmpty: outcomes.isEmpty)
        return InteractionAnswer(200, body: writer.bytes)
    }

    /// Every issue of every entry, with the entry in its path.
    private func check(_ bundle: RequestBundle) throws {
        var issues: [OutcomeIssue] = []
        for entry in bundle.entries {
            guard let resource = entry.resource, entry.method == .post || entry.method == .put else { continue }
            for var issue in storageIssues(of: resource) {
                issue.expression = entry.expression("resource") + pathInside(issue.expression)
                issues.append(issue)
            }
        }
        if issues.contains(where: { $0.severity == .error || $0.severity == .fatal }) {
            throw InvalidResource(issues: issues)
        }
    }

    /// `.birthDate` of `Patient.birthDate`.
    private func pathInside(_ expression: String?) -> String {
        guard let expression, let dot = expression.firstIndex(of: ".") else { return "" }
        return String(expression[dot...])
    }

    private func answer(_ outcome: EntryOutcome, _ request: InteractionRequest) -> InteractionAnswer {
        switch outcome {
        case .answered(let read):
            var answer = InteractionAnswer(Int(read.status.prefix(3)) ?? 200, body: read.resource)
            answer.version = read.stamp?.version
            answer.lastModified = read.stamp?.updated
            return answer
        case .written(let result, let type, let content):
            let stamp = result.stamp
            var answer = InteractionAnswer(200, version: stamp.version, lastModified: stamp.updated)
            switch result.effect {
            case .created:
                answer.status = 201
                answer.location =
                    "\(request.base)/\(definitions.name(of: type))/\(stamp.id)/_history/\(stamp.version)"
            case .updated, .unchanged: break
            case .deleted: answer.status = 204
            case .absent: return InteractionAnswer(204)
            }
            // Bundles are large, so here the short form is the default.
            if request.conditions.prefer.return == .representation, let content {
                answer.body = content.withUnsafeBufferPointer { store.renderer.render(content: $0, stamp: stamp) }
            }
            return answer
        }
    }

    /// Answers a GET inside a transaction, which sees what the transaction wrote.
    private func read(
        _ entry: BundleEntry, of request: InteractionRequest, in transaction: StoreTransaction
    ) async throws -> EntryAnswer {
        let route = routes.route(relative: entry.url.prefix { $0 != "?" })
        if case .type(let type) = route {
            var inner = InteractionRequest(
                .get, route, query: QueryItems(parsing: entry.query ?? ""), base: request.base, caller: request.caller)
            inner.conditions.prefer = request.conditions.prefer
            let found = try await search(type, inner, in: transaction)
            return EntryAnswer(status: HTTPStatus.line(200), resource: found.body, stamp: nil)
        }
        guard case .instance(let type, let id) = route else {
            throw StoreError(
                .notSupported, "inside a transaction only reads by id and searches are supported yet",
                expression: entry.expression("request.url"))
        }
        guard let version = try await transaction.read(type, id: id) else {
            throw StoreError(
                .notFound, "\(definitions.name(of: type))/\(id) does not exist",
                expression: entry.expression("request.url"))
        }
        return EntryAnswer(
            status: HTTPStatus.line(200), resource: entry.method == .head ? nil : render(version),
            stamp: version.stamp)
    }

    // MARK: - Batch

    /// Each entry alone, several at once: by the standard they do not depend on each other.
    private func batch(_ bundle: RequestBundle, _ request: InteractionRequest) async throws -> InteractionAnswer {
        let entries = bundle.entries
        var answers: [InteractionAnswer?] = Array(repeating: nil, count: entries.count)
        await withTaskGroup(of: (Int, InteractionAnswer).self) { group in
            var next = 0
            func startNext() {
                guard next < entries.count else { return }
                let position = next
                next += 1
                group.addTask { (position, await answer(entries[position], of: request)) }
            }
            for _ in 0..<limits.batchWidth { startNext() }
            while let (position, answer) = await group.next() {
                answers[position] = answer
                startNext()
            }
        }
        var writer = JSONWriter(reservingByteCount: 256 + entries.count * 256)
        begin("batch-response", to: &writer, isEmpty: entries.isEmpty)
        for answer in answers { BundleWriter.entry(answer ?? InteractionAnswer(500), to: &writer) }
        end(&writer, isEmpty: entries.isEmpty)
        return InteractionAnswer(200, body: writer.bytes)
    }

    private func answer(_ entry: BundleEntry, of request: InteractionRequest) async -> InteractionAnswer {
        if let fault = entry.fault { return InteractionAnswer(Failure(fault)) }
        let route = routes.route(relative: entry.url.prefix { $0 != "?" && $0 != "#" })
        var conditions = Conditions()
        conditions.ifMatch = entry.ifMatch
        conditions.ifNoneMatch = entry.ifNoneMatch
        conditions.ifModifiedSince = entry.ifModifiedSince
        conditions.ifNoneExist = entry.ifNoneExist
        conditions.prefer = Preference(
            return: request.conditions.prefer.return ?? .minimal, handling: request.conditions.prefer.handling)
        var inner = InteractionRequest(
            RequestMethod(rawValue: entry.method.rawValue) ?? .other, route, conditions: conditions,
            base: request.base, caller: request.caller)
        inner.query = QueryItems(parsing: entry.query ?? "")
        if let resource = entry.resource { inner.body = .json(resource.document, resource.index) }
        do {
            // A bundle inside a bundle has no meaning, and would nest without end.
            if inner.route == .system, inner.method == .post {
                throw RequestError(.malformed, "bundles cannot be nested", expression: entry.expression("request.url"))
            }
            var answer = try await answer(inner)
            if inner.method == .head { answer.body = nil }
            return answer
        } catch {
            return InteractionAnswer(Failure(error))
        }
    }

    // MARK: - Bundle

    private func begin(_ type: String, to writer: inout JSONWriter, isEmpty: Bool) {
        writer.beginObject()
        writer.member("resourceType", "Bundle")
        writer.member("type", type)
        guard !isEmpty else { return }
        writer.key("entry")
        writer.beginArray()
    }

    private func end(_ writer: inout JSONWriter, isEmpty: Bool) {
        if !isEmpty { writer.endArray() }
        writer.endObject()
    }
}
