import FHIRDefinitions
import FHIRFormats
import FHIRSearch
import FHIRStore

/// Reading the parameters of a history (R4 http.html#history).
struct HistoryParameters {
    private let scope: HistoryRequest.Scope
    private let items: QueryItems
    private let definitions: FHIRDefinitions
    private let limits: ServerLimits

    /// Those that count, in the order given, with what shapes the answer: for the links.
    let understood: QueryItems

    private static let names: Set<String> = ["_count", "_since", "_at", "_sort", "_cursor"]

    /// Throws `SearchError` for what a history does not know, unless the client wants to be forgiven.
    init(
        _ scope: HistoryRequest.Scope, _ request: InteractionRequest, definitions: FHIRDefinitions,
        limits: ServerLimits
    ) throws {
        self.scope = scope
        self.definitions = definitions
        self.limits = limits
        items = request.query
        var known = Self.names.union(QueryItems.general)
        if case .system = scope { known.insert("_type") }
        if !items.all("_list").isEmpty {
            // To leave it out would answer a wider question (R4 http.html#history lets servers choose).
            throw SearchError(
                .unknownParameter, "histories cannot be limited to the members of a list", parameter: "_list")
        }
        if request.conditions.prefer.handling != .lenient,
            let unknown = items.items.first(where: { !known.contains($0.name) })
        {
            throw SearchError(.unknownParameter, "history has no such parameter", parameter: unknown.name)
        }
        understood = QueryItems(items.items.filter { known.contains($0.name) && !$0.value.isEmpty })
    }

    func request() throws -> HistoryRequest {
        var result = HistoryRequest(scope: scope, count: limits.defaultPageCount)
        if let text = try single("_count") {
            guard let count = Int(text), count >= 0 else { throw invalid("_count", "a whole number") }
            result.count = min(count, limits.greatestPageCount)
        }
        if items.first("_summary") == "count" { result.count = 0 }
        if let text = try single("_since") {
            result.since = Instant(microsecondsSince1970: try time(text, "_since").low)
        }
        if let text = try single("_at") {
            let range = try time(text, "_at")
            result.at = Instant(microsecondsSince1970: range.low)..<Instant(microsecondsSince1970: range.high)
        }
        switch try single("_sort") {
        case nil, "-_lastUpdated": break
        case "_lastUpdated": result.isAscending = true
        default: throw invalid("_sort", "-_lastUpdated or _lastUpdated")
        }
        if case .system = scope, let text = try single("_type") { result.scope = .system(try types(text)) }
        return result
    }

    /// Where the page begins, as it stands in the link; nil for the first page.
    func cursorText() throws -> String? { try single("_cursor") }

    private func types(_ text: String) throws -> [TypeID] {
        var types: [TypeID] = []
        for name in text.split(separator: ",") {
            guard let type = definitions.resourceType(named: String(name)) else {
                throw invalid("_type", "a list of resource types")
            }
            if !types.contains(type) { types.append(type) }
        }
        guard !types.isEmpty else { throw invalid("_type", "a list of resource types") }
        return types
    }

    private func time(_ text: String, _ name: String) throws -> DateRange {
        // A plus sign that the client did not encode arrives as a blank.
        guard let range = DateRange(text.replacing(" ", with: "+")) else { throw invalid(name, "a date or time") }
        return range
    }

    /// R4 http.html#history: each parameter at most once.
    private func single(_ name: String) throws -> String? {
        let values = items.all(name)
        guard values.count <= 1 else {
            throw SearchError(.invalidValue, "the parameter may be given once only", parameter: name)
        }
        return values.first.flatMap { $0.isEmpty ? nil : $0 }
    }

    private func invalid(_ name: String, _ expected: String) -> SearchError {
        SearchError(.invalidValue, "\(expected) is expected", parameter: name)
    }
}
