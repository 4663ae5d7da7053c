import FHIRDefinitions
import FHIRStore
import JSONTape

/// `$reindex`: has all index entries extracted afresh, of every type or of one, while the server runs.
///
/// Answers 202 at once; `$reindex-status` tells how far it is.
struct Reindex: ResourceOperation {
    let declaration = OperationDeclaration(
        "reindex", levels: [.system, .type], types: [], affectsState: true,
        documentation: """
            Extracts the search index of all resources afresh, in the background; those of one type where called on \
            it. Answers at once with 202.
            """,
        parameters: [.init(.output, "job", 0, nil, nil, ReindexProgress.jobDocumentation)], reading: .declared)

    func run(_ call: OperationCall) async throws -> OperationAnswer {
        var types = call.store.tables.types
        if case .type(let type) = call.target { types = types.filter { $0 == type } }
        try await call.store.requestReindex(types)
        return OperationAnswer(202, resource: try await ReindexProgress.json(call))
    }
}

/// `$reindex-status`: the types whose index is or was being brought up to date, as Parameters.
struct ReindexProgress: ResourceOperation {
    let declaration = OperationDeclaration(
        "reindex-status", levels: [.system, .type], types: [], affectsState: false,
        documentation: "How far the search index is that is brought up to date in the background.",
        parameters: [.init(.output, "job", 0, nil, nil, jobDocumentation)], reading: .declared)

    static let jobDocumentation = """
        One for each type: parts type (code), state (code: waiting, running, finished), percent (integer), done \
        (decimal: resources), parameter (code: those that can be searched when it is finished).
        """

    func run(_ call: OperationCall) async throws -> OperationAnswer {
        OperationAnswer(resource: try await Self.json(call))
    }

    /// One `job` per type with its `type`, `state`, `percent`, `done` and the `parameter`s that wait for it.
    static func json(_ call: OperationCall) async throws -> [UInt8] {
        var jobs = try await call.store.reindexStatus()
        if case .type(let type) = call.target {
            jobs.removeAll { $0.typeName != call.store.definitions.name(of: type) }
        }
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("resourceType", "Parameters")
        if !jobs.isEmpty {
            writer.key("parameter")
            writer.beginArray()
            for job in jobs { write(job, to: &writer) }
            writer.endArray()
        }
        writer.endObject()
        return writer.bytes
    }

    private static func write(_ job: ReindexStatus, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("name", "job")
        writer.key("part")
        writer.beginArray()
        part("type", to: &writer) { $0.member("valueCode", job.typeName) }
        part("state", to: &writer) { $0.member("valueCode", job.state.rawValue) }
        part("percent", to: &writer) {
            $0.key("valueInteger")
            $0.number(job.percent)
        }
        // A count may go beyond what an integer of FHIR holds.
        part("done", to: &writer) {
            $0.key("valueDecimal")
            $0.number(Int(job.done))
        }
        for code in job.parameters { part("parameter", to: &writer) { $0.member("valueCode", code) } }
        writer.endArray()
        writer.endObject()
    }

    private static func part(_ name: String, to writer: inout JSONWriter, _ value: (inout JSONWriter) -> Void) {
        writer.beginObject()
        writer.member("name", name)
        value(&writer)
        writer.endObject()
    }
}
