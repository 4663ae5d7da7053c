import FHIRDefinitions

/// Reads search parameters into a request (R4 search.html). Result parameters are in the extension beside.
struct SearchRequestParser {
    /// The parameter of page links that says where the page begins.
    static let cursorName = "_cursor"
    /// What fhirpy adds to `_count=0`, for one vendor's server; a total is told there anyway.
    private static let totalHint = "_totalMethod"

    let handling: SearchRequest.Handling
    let indexer: SearchIndexer
    let limits: SearchLimits
    var request: SearchRequest
    /// Counts what chains without types try, of which every link has many.
    let chainSteps: ChainSteps
    private let customUse = CustomParameterUse()

    init(type: TypeID, handling: SearchRequest.Handling, indexer: SearchIndexer, limits: SearchLimits) {
        self.handling = handling
        self.indexer = indexer
        self.limits = limits
        chainSteps = ChainSteps(limits.maximumChainStepCount)
        request = SearchRequest(type: type, typeName: indexer.definitions.name(of: type))
    }

    mutating func parse(_ pairs: [(String, String)]) throws(SearchError) {
        // Before any parameter is looked up: what changes later counts as a change.
        let revision = indexer.customRevision
        guard pairs.count <= limits.maximumParameterCount else {
            throw SearchError(.tooComplex, "A search takes at most \(limits.maximumParameterCount) parameters.")
        }
        for (name, value) in pairs where !value.isEmpty {
            do throws(SearchError) {
                try parse(name, value)
            } catch {
                let error = error.about(name)
                guard handling == .lenient, error.code == .unknownParameter else { throw error }
                request.warnings.append(SearchRequest.Warning(parameter: name, message: error.message))
            }
        }
        try requireWordsToScore()
        // Whichever of the two comes first.
        if request.understood.contains(where: { $0.name == "_containedType" && $0.value == "contained" }) {
            request.containment?.answersContainer = false
        }
        request.customRevision = customUse.isUsed ? revision : nil
    }

    private mutating func parse(_ name: String, _ value: String) throws(SearchError) {
        if name == Self.cursorName {
            request.cursor = value
            return
        }
        if name == Self.totalHint { return }
        if try !parseResultParameter(name, value) {
            guard let criterion = try criterion(name[...], value, on: request.type, depth: 0) else { return }
            request.criteria.append(criterion)
        }
        request.understood.append((name, value))
    }

    // MARK: - Criteria

    /// The criterion that `name=value` states about a resource of type `type`; nil if all its values are empty.
    func criterion(
        _ name: Substring, _ value: String, on type: TypeID, depth: Int
    ) throws(SearchError) -> SearchCriterion? {
        guard depth <= limits.maximumChainDepth else {
            throw SearchError(.tooComplex, "A chain has at most \(limits.maximumChainDepth) links.")
        }
        if name.hasPrefix("_has:") { return try has(name, value, on: type, depth: depth) }
        if let dot = name.firstIndex(of: ".") {
            return try chain(name[..<dot], name[name.index(after: dot)...], value, on: type, depth: depth)
        }
        let (code, modifier) = Self.splitModifier(name)
        if Self.specialNames.contains(String(code)) {
            return try special(code, modifier, value, on: type, depth: depth)
        }
        let parameter = try parameter(code, on: type)
        return try parameterCriterion(parameter, modifier, value, on: type).map { .parameter($0) }
    }

    static func splitModifier(_ name: Substring) -> (code: Substring, modifier: Substring?) {
        guard let colon = name.firstIndex(of: ":") else { return (name, nil) }
        return (name[..<colon], name[name.index(after: colon)...])
    }

    /// The parameter of this code; throws `.unknownParameter` if there is none that can be searched.
    func parameter(_ code: Substring, on type: TypeID) throws(SearchError) -> ParameterIndex {
        if let parameter = try known(code, on: type) { return parameter }
        let index = indexer.index(of: type)
        if let failure = index.failures[String(code)] {
            throw SearchError(.unknownParameter, "This server cannot search by the parameter. \(failure.message)")
        }
        throw SearchError(.unknownParameter, "\(index.name) has no such search parameter.")
    }

    /// The parameter of this code, if there is one; throws `.indexing` if not all of its entries are there.
    func known(_ code: Substring, on type: TypeID) throws(SearchError) -> ParameterIndex? {
        let index = indexer.index(of: type)
        if let parameter = index.parameters[String(code)] {
            customUse.note(parameter)
            return parameter
        }
        if index.failures[String(code)]?.code == .indexing { throw indexer.indexing(code, on: index) }
        return nil
    }
}
