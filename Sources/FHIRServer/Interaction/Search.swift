import FHIRFormats
package import FHIRDefinitions
package import FHIRStore
import JSONTape

/// search (R4 http.html#search): the Bundle around what the store finds.
extension Interactions {
    func search(_ type: TypeID?, _ request: InteractionRequest) async throws -> InteractionAnswer {
        let query = request.query.removing(["_format", "_pretty"])
        let question = SearchQuestion(
            type: type, query: query, isLenient: request.conditions.prefer.handling == .lenient, base: request.base,
            limits: limits)
        let page = try await search.page(for: question)
        return InteractionAnswer(200, body: bundle(page, question))
    }

    private func bundle(_ page: SearchPage, _ question: SearchQuestion) -> [UInt8] {
        let address = question.type.map { "\(question.base)/\(definitions.name(of: $0))" } ?? question.base
        let size = (page.matches + page.included).reduce(1024) { $0 + ($1.content?.count ?? 0) + 256 }
        var writer = JSONWriter(reservingByteCount: size)
        writer.beginObject()
        writer.member("resourceType", "Bundle")
        writer.member("type", "searchset")
        if let total = page.total {
            writer.key("total")
            writer.number(total)
        }
        writer.key("link")
        writer.beginArray()
        BundleWriter.link("self", address, page.current, to: &writer)
        if let next = page.next { BundleWriter.link("next", address, next, to: &writer) }
        if let previous = page.previous { BundleWriter.link("previous", address, previous, to: &writer) }
        writer.endArray()
        if !page.matches.isEmpty || !page.included.isEmpty || !page.warnings.isEmpty {
            writer.key("entry")
            writer.beginArray()
            for version in page.matches { write(version, mode: "match", base: question.base, to: &writer) }
            for version in page.included { write(version, mode: "include", base: question.base, to: &writer) }
            if !page.warnings.isEmpty { write(page.warnings, to: &writer) }
            writer.endArray()
        }
        writer.endObject()
        return writer.bytes
    }

    private func write(_ version: StoredVersion, mode: String, base: String, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("fullUrl", "\(base)/\(definitions.name(of: version.type))/\(version.stamp.id)")
        writer.key("resource")
        writer.raw(render(version))
        writeMode(mode, to: &writer)
        writer.endObject()
    }

    private func write(_ warnings: [OutcomeIssue], to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("resource")
        OperationOutcome.write(warnings, to: &writer)
        writeMode("outcome", to: &writer)
        writer.endObject()
    }

    private func writeMode(_ mode: String, to writer: inout JSONWriter) {
        writer.key("search")
        writer.beginObject()
        writer.member("mode", mode)
        writer.endObject()
    }
}

/// A search as it came in.
package struct SearchQuestion: Sendable {
    /// Nil for a search over all types.
    package var type: TypeID?
    package var query: QueryItems
    /// Whether parameters that are not known are skipped with a warning (R4 search.html#errors).
    package var isLenient: Bool
    package var base: String
    package var limits: ServerLimits
}

/// One page of results.
package struct SearchPage: Sendable {
    package var matches: [StoredVersion] = []
    package var included: [StoredVersion] = []
    package var total: Int?
    /// The query as it was understood, and those of the neighbouring pages.
    package var current: QueryItems
    package var next: QueryItems?
    package var previous: QueryItems?
    package var warnings: [OutcomeIssue] = []

    package init(current: QueryItems) {
        self.current = current
    }
}

/// Answers searches.
package protocol SearchAnswering: Sendable {
    /// Throws `SearchError` for a query that cannot be answered as it stands.
    func page(for question: SearchQuestion) async throws -> SearchPage
}
