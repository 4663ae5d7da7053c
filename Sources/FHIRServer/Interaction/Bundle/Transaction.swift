import FHIRDefinitions
import FHIRFormats
import FHIRStore
import JSONTape

/// transaction (R4 http.html#transaction).
extension Interactions {
    func transaction(_ bundle: RequestBundle, _ request: InteractionRequest) async throws -> InteractionAnswer {
        try requireRights(bundle, request)
        try await check(bundle)
        try checkCalls(bundle, request)
        try requireNoRecordChange(bundle, request)
        let outcomes = try await store.execute(
            bundle, search: search, keepsContent: request.conditions.prefer.return == .representation,
            deletionLimit: conditionalDelete.limit
        ) { entry, version in
            try await patched(entry, version)
        } answer: { entry, transaction in
            try await answer(entry, of: request, in: transaction)
        }
        let hasParameters = outcomes.contains { outcome in
            if case .written(_, let type, _) = outcome { type == searchParameterType } else { false }
        }
        if hasParameters { await settleParameters() }
        let answers = zip(bundle.entries, outcomes).map { answer($0, of: $1, request) }
        if request.record != nil {
            for ((entry, outcome), answer) in zip(zip(bundle.entries, outcomes), answers) where outcome.isUnchanged {
                await recordUnchanged(InteractionRequest(entry, of: request, routes: routes), answer)
            }
        }
        return response("transaction-response", answers)
    }

    private func requireNoRecordChange(_ bundle: RequestBundle, _ request: InteractionRequest) throws {
        guard store.audit != nil else { return }
        for entry in bundle.entries {
            do {
                try requireNoRecordChange(InteractionRequest(entry, of: request, routes: routes))
            } catch {
                throw EntryFailure(entry, "request", error)
            }
        }
    }

    /// Every error in every resource, with the entry in its path.
    private func check(_ bundle: RequestBundle) async throws {
        var errors: [OutcomeIssue] = []
        for entry in bundle.entries where entry.method == .post && !entry.isCall || entry.method == .put {
            guard let resource = entry.resource else { continue }
            for var issue in try await storageIssues(of: resource)
            where issue.severity == .error || issue.severity == .fatal {
                issue.expression = entry.expression("resource") + pathInside(issue.expression)
                errors.append(issue)
            }
            // A bundle in which everything is wrong is not worth an answer larger than itself.
            if errors.count >= 100 { break }
        }
        if !errors.isEmpty { throw InvalidResource(issues: errors) }
    }

    /// `.birthDate` of `Patient.birthDate`.
    private func pathInside(_ expression: String?) -> String {
        guard let expression, let dot = expression.firstIndex(of: ".") else { return "" }
        return String(expression[dot...])
    }

    // MARK: - Answers

    /// What is read was given room within the transaction, which fails where there is too little. What is written is
    /// written now.
    private func answer(
        _ entry: BundleEntry, of outcome: EntryOutcome<InteractionAnswer>, _ request: InteractionRequest
    ) -> InteractionAnswer {
        var answer = answer(outcome, request)
        if case .answered = outcome { return answer }
        if let room = request.room, let body = answer.body, !room.take(body.count, forEntry: entry.position) {
            answer.shorten()
        }
        return answer
    }

    private func answer(_ outcome: EntryOutcome<InteractionAnswer>, _ request: InteractionRequest) -> InteractionAnswer
    {
        let preference = request.conditions.prefer.return
        switch outcome {
        case .answered(let answer): return answer
        case .found(let version):
            // R4 http.html#ccreate: one match is no creation, and leaves the resource as it is.
            var answer = InteractionAnswer(
                200, version: version.stamp.version, lastModified: version.stamp.updated)
            answer.location = location(of: version.type, version.stamp, request)
            switch preference {
            case .representation: answer.body = render(version)
            case .operationOutcome: answer.tell("a resource matched, so none was created")
            case .minimal, nil: break
            }
            return answer
        case .written(let result, let type, let content):
            var answer = answer(result, type, request)
            // Bundles are large, so here the short form is the default.
            if preference == .representation, let content {
                answer.body = content.withUnsafeBufferPointer {
                    store.renderer.render(content: $0, stamp: result.stamp)
                }
            } else if preference == .operationOutcome {
                answer.tell(result.words)
            }
            return answer
        }
    }

    private func answer(_ result: WriteResult, _ type: TypeID, _ request: InteractionRequest) -> InteractionAnswer {
        let stamp = result.stamp
        var answer = InteractionAnswer(200, version: stamp.version, lastModified: stamp.updated)
        switch result.effect {
        case .created:
            answer.status = 201
            answer.location = location(of: type, stamp, request)
        case .updated, .unchanged: break
        case .deleted: answer.status = 204
        case .absent: return InteractionAnswer(204)
        }
        return answer
    }

    // MARK: - Patches

    /// The patched resource, checked as any that is written.
    private func patched(_ entry: BundleEntry, _ version: StoredVersion) async throws -> ResourceInput {
        guard let patch = entry.resource else {
            throw RequestError(.malformed, "PATCH needs a resource", expression: entry.expression("resource"))
        }
        let patched: ResourceInput
        do {
            patched = try store.patched(version, by: try bundledPatch(JSONNode(patch.document, patch.index)))
        } catch {
            throw EntryFailure(entry, "resource", error)
        }
        // The paths are those of the outcome, which is no part of the bundle.
        do {
            try await check(patched)
        } catch {
            throw EntryFailure(entry, "resource", error)
        }
        return patched
    }

    // MARK: - Reads, searches, operations

    /// R4 http.html#trules: reads come after every write, and see them.
    private func answer(
        _ entry: BundleEntry, of request: InteractionRequest, in transaction: StoreTransaction
    ) async throws -> InteractionAnswer {
        let inner = InteractionRequest(entry, of: request, routes: routes)
        do {
            var answer = try await within(transaction).answer(inner)
            if inner.method == .head { answer.body = nil }
            if let room = inner.room, let body = answer.body, !room.take(body.count, forEntry: entry.position) {
                throw room.tooLarge
            }
            return answer
        } catch {
            throw EntryFailure(entry, "request.url", error)
        }
    }

    /// The same interactions as seen from within the transaction.
    private func within(_ transaction: StoreTransaction) -> Interactions {
        var inner = self
        inner.store = FHIRStore(store, readingIn: transaction.session)
        inner.search = SearchService(search, searchingIn: transaction.session)
        inner.workflows = (
            FHIRStore(workflows.store, readingIn: transaction.session),
            SearchService(workflows.search, searchingIn: transaction.session)
        )
        return inner
    }

    /// Refuses, before anything is done, what cannot be part of a transaction: bundles in bundles, and operations that
    /// change something, because they are transactions of their own (R4 http.html#trules leaves it to the server).
    private func checkCalls(_ bundle: RequestBundle, _ request: InteractionRequest) throws {
        for entry in bundle.entries where entry.method == .get || entry.method == .head || entry.isCall {
            let expression = entry.expression("request.url")
            let inner = InteractionRequest(entry, of: request, routes: routes)
            if inner.query.hasNUL {
                throw RequestError(.malformed, "the address holds the character U+0000", expression: expression)
            }
            guard entry.isCall, let declaration = try operation(inner.route, expression) else { continue }
            if declaration.affectsState {
                throw RequestError(
                    .malformed, "$\(declaration.name) changes something, so it cannot be part of a transaction",
                    expression: expression)
            }
        }
    }

    /// The operation that lives at the route; nil where that is none of an operation.
    private func operation(_ route: Route, _ expression: String) throws -> OperationDeclaration? {
        let (name, level): (String, OperationDeclaration.Level)
        switch route {
        case .systemOperation(let operation): (name, level) = (operation, .system)
        case .typeOperation(_, let operation): (name, level) = (operation, .type)
        case .instanceOperation(_, _, let operation): (name, level) = (operation, .instance)
        case .versionOperation(_, _, _, let operation): (name, level) = (operation, .version)
        default: return nil
        }
        guard let found = operations.operation(name, level, type: route.type.map(definitions.name)) else {
            throw RequestError(.unknownOperation, "there is no such operation here", expression: expression)
        }
        return found.declaration
    }
}

/// A failure of one entry, which fails the whole transaction.
struct EntryFailure: Error {
    /// FHIRPath of the element at fault.
    var expression: String
    var cause: any Error

    init(_ entry: BundleEntry, _ element: String, _ cause: any Error) {
        expression = entry.expression(element)
        self.cause = cause
    }
}

extension InteractionAnswer {
    /// Has the answer say in words what was done (`Prefer: return=OperationOutcome`).
    fileprivate mutating func tell(_ words: String) {
        body = OperationOutcome.json([OutcomeIssue(.information, code: "informational", diagnostics: words)])
        isOutcome = true
        if status == 204 { status = 200 }
    }
}
