import FHIRDefinitions
import FHIRFormats
import FHIRSearch
import FHIRStore

/// `Observation/$lastn`: the most recent observations of each code (R4 observation-operation-lastn.html).
///
/// The parameters are those of a search, and each observation has to match them as in a search. The standard asks for a
/// subject, and for a category or a code. Statuses are not looked at unless asked for: what was entered in error is
/// returned too, as the standard says.
struct LastN: ResourceOperation {
    let declaration = OperationDeclaration(
        "lastn", levels: [.type], types: ["Observation"], affectsState: false,
        definition: "http://hl7.org/fhir/OperationDefinition/Observation-lastn",
        documentation: "The most recent observations of each code; takes search parameters, with a subject or patient, "
            + "and a category or code.",
        parameters: [
            .init(
                .input, "max", 0, 1, "positiveInt", "Most observations of each code, 1 by default; ties come on top."),
            .init(.output, "return", 1, 1, "Bundle", "A searchset, newest first."),
        ],
        reading: .declaredAndSearch)

    private static let greatestMax = 10_000

    func run(_ call: OperationCall) async throws -> OperationAnswer {
        guard case .type(let type) = call.target else {
            throw StoreError(.invalidRequest, "$lastn is called on the type")
        }
        let pairs = call.input.search
        try Self.check(pairs)
        let max = call.input.integer("max") ?? 1
        guard (1...Self.greatestMax).contains(max) else {
            throw call.input.error("the parameter max lies between 1 and \(Self.greatestMax)", at: "max")
        }
        let request = try SearchRequest.parse(
            type: type, pairs: pairs, handling: call.conditions.prefer.handling == .lenient ? .lenient : .strict,
            indexer: call.search.indexer)
        let now = call.store.clock().microsecondsSince1970
        let page = try await call.search.lastN(request, max: max, now: now)
        var content = SearchsetWriter.Content(address: call.address(of: "lastn"))
        content.matches = page.matches
        content.included = page.included
        content.total = page.total
        content.issues = request.warnings.map { warning in
            OutcomeIssue(
                .warning, code: "not-supported", details: "unknown-parameter", diagnostics: warning.message,
                expression: "http.\(warning.parameter)")
        }
        content.selfQuery = QueryItems(call.input.pairs().map { QueryItems.Item($0.name, $0.value) }).text
        let writer = SearchsetWriter(store: call.store, base: call.base, room: call.room)
        return OperationAnswer(resource: try writer.json(content))
    }

    private static func check(_ pairs: [(name: String, value: String)]) throws {
        let codes = pairs.map { String($0.name.prefix { $0 != ":" && $0 != "." }) }
        for code in codes where ["_sort", "_count", "_cursor", "_total"].contains(code) {
            throw OperationInputError(
                .invalidParameter, "$lastn has an order and size of its own and takes no \(code)",
                expression: "http.\(code)")
        }
        guard codes.contains("patient") || codes.contains("subject") else {
            throw OperationInputError(.invalidParameter, "$lastn needs the parameter patient or subject")
        }
        guard codes.contains(where: { $0 == "category" || $0 == "code" || Self.hasCode($0) }) else {
            throw OperationInputError(.invalidParameter, "$lastn needs the parameter category, or one with a code")
        }
    }

    /// Search parameters whose expressions contain a code (R4 observation.html#search).
    private static func hasCode(_ name: String) -> Bool {
        ["combo-code", "component-code", "code-value-"].contains { name.hasPrefix($0) }
    }
}
