import FHIRDefinitions
import FHIRFormats
import FHIRSearch
import FHIRStore
import JSONTape

/// `Observation/$stats`: statistics of a subject's measurements (R4 observation-operation-stats.html).
///
/// Measured is what `valueQuantity` holds in observations and components of the codes asked for, and in the parts of
/// panels: components, and observations that a panel has as members. Values with a comparator and observations with a
/// modifier extension have no number to calculate with; they count in `total-count` alone.
struct Stats: ResourceOperation {
    let declaration = OperationDeclaration(
        "stats", levels: [.type], types: ["Observation"], affectsState: false,
        definition: "http://hl7.org/fhir/OperationDefinition/Observation-stats",
        documentation: "Statistics of a subject's measurements, calculated in exact decimals.",
        parameters: [
            .init(.input, "subject", 1, 1, "uri", "Whom the observations are about: Patient/123."),
            .init(.input, "code", 0, nil, "string", "Codes, all of the system given, or of any."),
            .init(.input, "system", 0, 1, "uri", "The system of the codes."),
            .init(.input, "coding", 0, nil, "Coding", "Codes with their systems."),
            .init(.input, "duration", 0, 1, "decimal", "The last so many hours."),
            .init(.input, "period", 0, 1, "Period", "The time that counts, where no duration is given."),
            .init(.input, "statistic", 1, nil, "code", "What to calculate."),
            .init(.input, "include", 0, 1, "boolean", "Whether to return the observations too."),
            .init(.input, "limit", 0, 1, "positiveInt", "Most observations to return; the latest are."),
            .init(.output, "statistics", 1, nil, "Observation", "One for each code, a component for each statistic."),
            .init(.output, "source", 0, nil, "Observation", "The observations, where asked for."),
        ],
        reading: .declared)

    func run(_ call: OperationCall) async throws -> OperationAnswer {
        guard case .type(let type) = call.target else {
            throw StoreError(.invalidRequest, "$stats is called on the type")
        }
        let question = try StatisticsQuestion(call.input, now: call.store.clock())
        let now = call.store.clock().microsecondsSince1970
        let request = try question.search(type, call, more: [])
        let found = try await call.search.statistics(
            request, of: question.codes.map(\.asked), origin: question.start, now: now)
        let results = question.results(found)
        var sources: [StoredVersion] = []
        if call.input.bool("include") == true {
            let limit = min(call.input.integer("limit") ?? call.limits.greatestPageCount, call.limits.greatestPageCount)
            let latest = try question.search(
                type, call, more: [("_sort", "-date"), ("_count", String(limit)), ("_total", "none")])
            sources = try await call.search.search(latest, now: now).matches
        }
        return OperationAnswer(resource: json(results, sources, question, call))
    }

    private func json(
        _ results: [(MeasurementStatistics, code: [UInt8])], _ sources: [StoredVersion],
        _ question: StatisticsQuestion, _ call: OperationCall
    ) -> [UInt8] {
        let observations = StatisticsWriter(
            subject: question.subject, period: question.period, statistics: question.statistics,
            issued: call.store.clock().truncatedToMilliseconds)
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("resourceType", "Parameters")
        writer.key("parameter")
        writer.beginArray()
        for (result, code) in results {
            writer.beginObject()
            writer.member("name", "statistics")
            writer.key("resource")
            observations.write(result, code: code, to: &writer)
            writer.endObject()
        }
        for version in sources {
            writer.beginObject()
            writer.member("name", "source")
            writer.key("resource")
            version.content?.withUnsafeBufferPointer {
                call.store.renderer.render(content: $0, stamp: version.stamp, to: &writer)
            }
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }
}
