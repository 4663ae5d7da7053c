import FHIRDefinitions

/// Conditional references, resolved when everything else is known (R4 http.html#trules).
extension TransactionRun {
    /// Adds to `links` what each conditional reference means; throws where that is not exactly one resource.
    mutating func resolveReferences() async throws {
        var firsts: [OpenReference] = []
        var texts: Set<String> = []
        for reference in plan.conditionalReferences where texts.insert(reference.text).inserted {
            firsts.append(reference)
        }
        if firsts.isEmpty { return }
        let criteria = try firsts.map(self.criteria)
        let candidates = try candidates(among: writes, for: criteria.map { ($0, nil) }, links: links)
        let found = try await ids(meeting: criteria, amid: candidates, links: links)
        // What is updated and is no candidate meets the criteria no more, if it did before.
        let isCandidate = Set(candidates.map(\.id))
        let replaced = Set(writes.filter { $0.mayExist && !isCandidate.contains($0.id) }.map { Target($0.type, $0.id) })
        for ((reference, criteria), all) in zip(zip(firsts, criteria), found) {
            let ids = all.filter { !replaced.contains(Target(criteria.type, $0)) }
            guard ids.count == 1 else {
                throw StoreError(
                    .preconditionFailed,
                    ids.isEmpty
                        ? "no resource matches the conditional reference"
                        : "several resources match the conditional reference",
                    expression: reference.expression(in: plan.bundle),
                    details: ids.isEmpty ? "no-match" : "several-matches")
            }
            links.add(conditional: reference.text, "\(definitions.name(of: criteria.type))/\(ids[0])")
        }
    }

    private func criteria(_ reference: OpenReference) throws -> ConditionalCriteria {
        let mark = reference.text.firstIndex(of: "?") ?? reference.text.endIndex
        let expression = reference.expression(in: plan.bundle)
        guard let type = definitions.resourceType(named: String(reference.text[..<mark])) else {
            throw StoreError(
                .invalidRequest, "the conditional reference names no resource type", expression: expression)
        }
        let query = String(reference.text[mark...].dropFirst())
        return try EntryAction.criteria(type, query, expression, search.indexer)
    }

    private struct Target: Hashable {
        var type: TypeID
        var id: String

        init(_ type: TypeID, _ id: String) {
            self.type = type
            self.id = id
        }
    }
}
