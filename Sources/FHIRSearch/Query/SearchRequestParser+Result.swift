import FHIRDefinitions

/// Parameters about the answer, not about what matches (R4 search.html#return).
extension SearchRequestParser {
    /// Reads a result parameter; false if `name` is none.
    mutating func parseResultParameter(_ name: String, _ value: String) throws(SearchError) -> Bool {
        switch name {
        case "_sort": try parseSort(value)
        case "_count":
            try requireOnce(request.count == nil)
            guard let count = Int(value), count >= 0 else {
                throw SearchError(.invalidValue, "A number that is not negative is expected.")
            }
            request.count = count
        case "_include", "_include:iterate", "_include:recurse":
            request.includes.append(try include(value, isIterated: name != "_include", isReverse: false))
        case "_revinclude", "_revinclude:iterate", "_revinclude:recurse":
            request.revIncludes.append(try include(value, isIterated: name != "_revinclude", isReverse: true))
        case "_total":
            try requireOnce(request.total == nil)
            request.total = try choice(value)
        case "_summary":
            try requireOnce(request.summary == nil)
            request.summary = try choice(value)
        // What they mean is read where the answer is shaped.
        case "_elements", "_elements:exclude": break
        case "_contained", "_containedType": try parseContained(name, value)
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
        "_contained", "_containedType",
    ]

    /// R4 search.html#contained
    private mutating func parseContained(_ name: String, _ value: String) throws(SearchError) {
        try requireOnce(!request.understood.contains { $0.name == name })
        let values = name == "_contained" ? ["false", "true", "both"] : ["container", "contained"]
        guard values.contains(value) else {
            throw SearchError(.invalidValue, "The value is \(values.joined(separator: " or ")).")
        }
        guard name == "_contained" else { return }
        if value != "false" {
            request.containment = SearchRequest.Containment(includesOthers: value == "both", answersContainer: true)
        }
    }

    /// Of two values one would have to be passed over in silence.
    private func requireOnce(_ isFirst: Bool) throws(SearchError) {
        guard isFirst else { throw SearchError(.invalidValue, "The parameter may be given once only.") }
    }

    private func choice<Value: RawRepresentable<String>>(_ text: String) throws(SearchError) -> Value {
        guard let value = Value(rawValue: text) else {
            throw SearchError(.invalidValue, "The value is none of those that the standard lists.")
        }
        return value
    }
}
