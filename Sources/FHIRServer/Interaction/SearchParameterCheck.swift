import FHIRDefinitions
import FHIRSearch
import FHIRStore
import JSONTape

/// Checks SearchParameter resources before they are written: an active one has to be able to take effect.
struct SearchParameterCheck {
    let indexer: SearchIndexer

    /// What keeps the resource from taking effect; empty for resources of other types.
    func issues(of resource: ResourceInput) -> [OutcomeIssue] {
        let definitions = indexer.definitions
        guard definitions.name(of: resource.type) == "SearchParameter" else { return [] }
        let node = JSONNode(resource.document, resource.index)
        let known = indexer.customParameters.members.map(\.parameter)
        let reading = SearchParameterReader(definitions: definitions, others: known).read(node)
        var problems = reading.problems
        for parameter in reading.parameters {
            let other = known.first {
                $0.base == parameter.base && $0.code == parameter.code && $0.url != parameter.url
            }
            guard other != nil else { continue }
            let name = definitions.name(of: parameter.base)
            problems.append(
                .init(
                    code: .duplicate, message: "another search parameter has the code \(parameter.code) on \(name)",
                    element: "SearchParameter.code"))
            break
        }
        return problems.map { problem in
            OutcomeIssue(
                code: problem.code.issueCode, details: "invalid-search-parameter", diagnostics: problem.message,
                expression: problem.element)
        }
    }
}

extension SearchParameterReader.Problem.Code {
    /// R4 valueset-issue-type.html
    fileprivate var issueCode: String {
        switch self {
        case .value: "value"
        case .notSupported: "not-supported"
        case .duplicate: "duplicate"
        }
    }
}
