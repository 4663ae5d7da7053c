import FHIRStore

/// batch (R4 http.html#transaction).
extension Interactions {
    /// Each entry alone, several at once: by the standard they do not depend on each other.
    func batch(_ bundle: RequestBundle, _ request: InteractionRequest) async throws -> InteractionAnswer {
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
        return response("batch-response", answers.map { $0 ?? InteractionAnswer(500) })
    }

    private func answer(_ entry: BundleEntry, of request: InteractionRequest) async -> InteractionAnswer {
        let inner = InteractionRequest(entry, of: request, routes: routes)
        do {
            try check(entry, inner)
        } catch {
            await recordRefusal(inner, error)
            return InteractionAnswer(Failure(error))
        }
        do {
            var answer = try await answer(inner)
            if inner.method == .head { answer.body = nil }
            answer.isOutcome = inner.conditions.prefer.return == .operationOutcome && inner.writesResource
            guard let room = inner.room, let body = answer.body, !room.take(body.count, forEntry: entry.position) else {
                return answer
            }
            let mayHaveChanged = inner.writesResource || inner.operationName != nil && !inner.method.isRead
            guard mayHaveChanged else { throw room.tooLarge }
            answer.shorten()
            return answer
        } catch {
            return InteractionAnswer(Failure(error))
        }
    }

    /// What is wrong with an entry before it can be answered.
    private func check(_ entry: BundleEntry, _ inner: InteractionRequest) throws {
        if let fault = entry.fault { throw fault }
        // A bundle inside a bundle has no meaning, and would nest without end.
        if inner.route == .system, inner.method == .post {
            throw RequestError(.malformed, "bundles cannot be nested", expression: entry.expression("request.url"))
        }
        if inner.query.hasNUL {
            throw RequestError(
                .malformed, "the address holds the character U+0000", expression: entry.expression("request.url"))
        }
    }
}
