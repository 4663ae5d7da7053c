import FHIRDefinitions

/// `_include` and `_revinclude` (R4 search.html#include).
extension SearchRequestParser {
    /// `Source:parameter`, `Source:parameter:Target`, `Source:*` or `*`.
    func include(
        _ value: String, isIterated: Bool, isReverse: Bool
    ) throws(SearchError) -> SearchRequest.Include {
        if value.contains(",") {
            // Some clients join them; R4 repeats the parameter.
            throw SearchError(.invalidValue, "One include at a time: repeat the parameter instead of using commas.")
        }
        if value == "*" {
            return SearchRequest.Include(source: nil, parameter: nil, target: nil, isIterated: isIterated)
        }
        let parts = value.split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), let source = indexer.definitions.resourceType(named: String(parts[0]))
        else { throw SearchError(.invalidValue, "The form is Type:parameter or Type:parameter:Target.") }
        var target: TypeID?
        if parts.count == 3 {
            guard let type = indexer.definitions.resourceType(named: String(parts[2])) else {
                throw SearchError(.invalidValue, "The target is no resource type.")
            }
            target = type
        }
        var parameter: ParameterIndex?
        if parts[1] != "*" {
            guard let found = try known(parts[1], on: source), found.kind == .reference
            else { throw SearchError(.invalidValue, "The type has no such reference parameter.") }
            if let target, !found.targets.isEmpty, !found.targets.contains(target) {
                throw SearchError(.invalidValue, "The parameter does not refer to the target.")
            }
            parameter = found
        }
        return SearchRequest.Include(source: source, parameter: parameter, target: target, isIterated: isIterated)
    }
}
