import FHIRDefinitions
import FHIRFormats
import FHIRSearch
import FHIRStore
import JSONTape

/// `_summary` and `_elements`, which every interaction takes that answers with resources (R4 http.html#parameters).
extension Interactions {
    /// The shape that the query asks for; nil for whole resources.
    ///
    /// - Parameters:
    ///   - type: of the resources asked for; nil for any.
    ///   - takesCount: whether `_summary=count` means something here: of searches and histories only (R4
    ///     search.html#summary).
    func shape(
        _ request: InteractionRequest, _ type: TypeID?, takesCount: Bool = false
    ) throws -> ResourceShape? {
        if request.query.isEmpty { return nil }
        let summary = try summary(request.query, takesCount: takesCount)
        return ResourceShape(summary: summary, elements: try elements(request, type))
    }

    private func summary(_ query: QueryItems, takesCount: Bool) throws -> ResourceShape.Summary? {
        let values = query.all("_summary").filter { !$0.isEmpty }
        guard let value = values.first else { return nil }
        guard values.count == 1 else {
            throw SearchError(.invalidValue, "the parameter may be given once only", parameter: "_summary")
        }
        switch value {
        case "false": return nil
        case "count" where takesCount: return nil
        case "count":
            throw SearchError(.invalidValue, "only searches and histories can be counted", parameter: "_summary")
        default: break
        }
        guard let summary = ResourceShape.Summary(rawValue: value) else {
            throw SearchError(.invalidValue, "true, text, data, count or false is expected", parameter: "_summary")
        }
        return summary
    }

    /// `_elements=name`, or without the minus `_elements=-photo` and `_elements:exclude=photo`, which clients know from
    /// other servers: R4 has no word for leaving something out.
    private func elements(_ request: InteractionRequest, _ type: TypeID?) throws -> ElementSelection? {
        var names = names(of: "_elements", request)
        var excluded = names.filter { $0.hasPrefix("-") }.map { String($0.dropFirst()) }
        names.removeAll { $0.hasPrefix("-") }
        excluded += self.names(of: "_elements:exclude", request)
        guard names.isEmpty || excluded.isEmpty else {
            throw SearchError(
                .invalidValue, "elements are either named or left out, not both in one request", parameter: "_elements")
        }
        let isExclusion = names.isEmpty
        if isExclusion { names = excluded }
        if names.isEmpty { return nil }
        guard names.count <= Self.greatestElementCount, names.allSatisfy({ $0.utf8.count <= 256 }) else {
            throw SearchError(.tooComplex, "the list of elements is too long", parameter: "_elements")
        }
        let selection = ElementSelection(names, isExclusion: isExclusion, definitions: definitions)
        if request.conditions.prefer.handling != .lenient,
            let unknown = selection.unknownName(in: type.map { [$0] } ?? definitions.resourceTypes)
        {
            throw SearchError(.invalidValue, "there is no element \(unknown)", parameter: "_elements")
        }
        return selection
    }

    private func names(of parameter: String, _ request: InteractionRequest) -> [String] {
        request.query.all(parameter).flatMap { $0.split(separator: ",") }.map { String($0.trimmed) }
            .filter { !$0.isEmpty }
    }

    private static let greatestElementCount = 200
}

extension Interactions {
    /// All that speaks against storing the resource: what the checker finds, and that it is not all there.
    ///
    /// R4 search.html#summary: a resource tagged SUBSETTED was read in part. Stored, it would be the loss of the rest.
    func storageIssues(of resource: ResourceInput) async throws -> [OutcomeIssue] {
        var issues = try await checker.issues(of: resource, in: store)
        issues += SearchParameterCheck(indexer: search.indexer).issues(of: resource)
        issues += SubsettedTag.issues(of: resource, definitions)
        return issues
    }
}

extension SubsettedTag {
    /// What to say of a resource that was read in part and is to be stored.
    static func issues(of resource: ResourceInput, _ definitions: FHIRDefinitions) -> [OutcomeIssue] {
        guard marks(resource.document, resource.index) else { return [] }
        return [
            OutcomeIssue(
                code: "business-rule", details: "subsetted",
                diagnostics: """
                    the resource is tagged SUBSETTED: it was read with _summary or _elements and lacks the rest; \
                    read it whole and change that
                    """,
                expression: "\(definitions.name(of: resource.type)).meta.tag")
        ]
    }
}
