import FHIRDefinitions

/// Parameters about the answer, not about what matches (R4 search.html#return).
extension SearchRequestParser {
    /// Reads a result parameter; false if `name` is none.
    mutating func parseResultParameter(_ name: String, _ value: String) throws(SearchError) -> Bool {
        switch name {
        case "_sort": try parseSort(value)
        case "_count":
            guard let count = Int(value), count >= 0 else {
                throw SearchError(.invalidValue, "A number that is not negative is expected.")
            }
            request.count = count
        case "_include", "_include:iterate", "_include:recurse":
            request.includes.append(try include(value, isIterated: name != "_include", isReverse: false))
        case "_revinclude", "_revinclude:iterate", "_revinclude:recurse":
            request.revIncludes.append(try include(value, isIterated: name != "_revinclude", isReverse: true))
        case "_total": request.total = try choice(value)
        case "_summary": request.summary = try choice(value)
        case "_elements":
            request.elements = value.split(separator: ",").map(String.init)
        case "_format": request.format = value
        case "_pretty":
            guard value == "true" || value == "false" else {
                throw SearchError(.invalidValue, "The value is true or false.")
            }
            request.isPretty = value == "true"
        default:
            let code = name.prefix { $0 != ":" }
            if Self.names.contains(String(code)) {
                throw SearchError(.unsupportedModifier, "The parameter does not take this modifier.")
            }
            return false
        }
        return true
    }

    private static let names: Set<String> = [
        "_sort", "_count", "_include", "_revinclude", "_total", "_summary", "_elements", "_format", "_pretty",
    ]

    private func choice<Value: RawRepresentable<String>>(_ text: String) throws(SearchError) -> Value {
        guard let value = Value(rawValue: text) else {
            throw SearchError(.invalidValue, "The value is none of those that the standard lists.")
        }
        return value
    }

    private mutating func parseSort(_ value: String) throws(SearchError) {
        var keys: [SearchRequest.SortKey] = []
        for part in value.split(separator: ",") {
            let isDescending = part.hasPrefix("-")
            let code = isDescending ? part.dropFirst() : part
            let parameter: ParameterIndex
            do throws(SearchError) {
                parameter = try self.parameter(code, on: request.type)
            } catch {
                if error.code == .indexing { throw error }
                // C73: an unknown key is an error of the value, even where unknown parameters are forgiven.
                throw SearchError(.invalidValue, "There is no such parameter to sort by.")
            }
            guard parameter.kind != .composite, !parameter.slots.isEmpty else {
                throw SearchError(.notSupported, "Parameters of this kind cannot be sorted by.")
            }
            keys.append(SearchRequest.SortKey(parameter: parameter, isDescending: isDescending))
        }
        guard keys.count <= 5 else { throw SearchError(.tooComplex, "At most 5 sort keys are allowed.") }
        request.sort = keys
    }

    /// `Source:parameter`, `Source:parameter:Target`, `Source:*` or `*`.
    private func include(
        _ value: String, isIterated: Bool, isReverse: Bool
    ) throws(SearchError) -> SearchRequest.Include {
        if value == "*" {
            guard !isReverse else { throw SearchError(.notSupported, "_revinclude needs a type and a parameter.") }
            return SearchRequest.Include(source: request.type, parameter: nil, target: nil, isIterated: isIterated)
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
        if parts[1] == "*" {
            guard !isReverse else { throw SearchError(.notSupported, "_revinclude needs a parameter.") }
            return SearchRequest.Include(source: source, parameter: nil, target: target, isIterated: isIterated)
        }
        try requireIndexed(parts[1], indexer.index(of: source))
        guard let parameter = try? parameter(parts[1], on: source), parameter.kind == .reference else { throw SearchError(.invalidValue, "The type has no such reference parameter.") }
        return SearchRequest.Include(source: source, parameter: parameter, target: target, isIterated: isIterated)
    }
}
