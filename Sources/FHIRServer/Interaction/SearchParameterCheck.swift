import FHIRDefinitions
package import FHIRSearch
package import FHIRStore
import JSONTape

/// Checks SearchParameter resources before they are written: an active one has to be able to take effect.
package struct SearchParameterCheck {
    private let indexer: SearchIndexer

    package init(indexer: SearchIndexer) {
        self.indexer = indexer
    }

    /// What keeps the resource from taking effect; empty for resources of other types.
    package func issues(of resource: ResourceInput) -> [OutcomeIssue] {
        let definitions = indexer.definitions
        guard definitions.name(of: resource.type) == "SearchParameter" else { return [] }
        let node = JSONNode(resource.document, resource.index)
        let members = indexer.customParameters.members
        let reading = SearchParameterReader(definitions: definitions, others: members.map(\.parameter)).read(node)
        var problems = reading.problems
        if let clash = clash(of: reading.parameters, id: node["id"]?.string, with: members) { problems.append(clash) }
        return problems.map { problem in
            OutcomeIssue(
                code: problem.code.issueCode, details: "invalid-search-parameter", diagnostics: problem.message,
                expression: problem.element)
        }
    }

    /// Of two parameters with one code on one type, a search could mean either.
    private func clash(
        of parameters: [CustomParameter], id: String?, with members: [CustomParameterSet.Member]
    ) -> SearchParameterReader.Problem? {
        for parameter in parameters {
            let other = members.first { member in
                member.parameter.base == parameter.base && member.parameter.code == parameter.code
                    && member.parameter.url != parameter.url && member.resourceID != id
            }
            guard let other else { continue }
            let name = indexer.definitions.name(of: parameter.base)
            return SearchParameterReader.Problem(
                code: .duplicate,
                message: "SearchParameter/\(other.resourceID) has the code \(parameter.code) on \(name) already",
                element: "SearchParameter.code")
        }
        return nil
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
