import FHIRDefinitions
import FHIRFormats
import FHIRSearch
import FHIRStore
import HL7Ingest
import JSONTape

/// `$hl7-messages`: HL7 v2 messages that came in, newest first, in pages.
struct MessageSearch: ResourceOperation {
    let declaration = OperationDeclaration(
        "hl7-messages", levels: [.system], types: [], affectsState: false,
        documentation: "HL7 v2 messages that came in, newest first, and what became of them. All that is given must "
            + "fit. Texts come only where asked for.",
        parameters: MessageOperations.filters + [
            .init(
                .input, "resource", 0, 1, "string", "Only messages that wrote this resource: Observation/123."),
            .init(.input, "text", 0, 1, "boolean", "With what was received and what was answered."),
            .init(.input, "_count", 0, 1, "integer", "Messages on a page, 1000 at most; 50 by default."),
            .init(.input, "_cursor", 0, 1, "decimal", "Where a page begins; part of the link that the server makes."),
            .init(.output, "message", 0, nil, nil, MessageOperations.messageDocumentation),
            .init(.output, "next", 0, 1, "uri", "Address of the next page; there is none on the last one."),
        ], reading: .declared)

    func run(_ call: OperationCall) async throws -> OperationAnswer {
        var filter = try call.messageFilter()
        var writer = ParametersWriter()
        if let resource = call.input.string("resource") {
            let numbers = try await Self.numbers(of: resource, call)
            filter.numbers = filter.numbers.isEmpty ? numbers : filter.numbers.filter { numbers.contains($0) }
            guard !filter.numbers.isEmpty else { return OperationAnswer(resource: Self.none) }
        }
        let count = try call.count("_count", usual: 50, greatest: 1000)
        let cursor = call.input.integer("_cursor").map { Int64($0) }
        let withText = call.input.bool("text") ?? false
        // One more, to see whether there is another page.
        let found = try await call.messageIngest.messages.list(
            filter, before: cursor, limit: count + 1, withBodies: withText)
        guard !found.isEmpty else { return OperationAnswer(resource: Self.none) }
        for message in found.prefix(count) { writer.message(message, withText: withText) }
        if found.count > count {
            var items = call.input.pairs(without: ["_cursor"]).map { QueryItems.Item($0.name, $0.value) }
            items.append(QueryItems.Item("_cursor", "\(found[count - 1].id)"))
            writer.uri("next", "\(call.address(of: "hl7-messages"))?\(QueryItems(items).text)")
        }
        return OperationAnswer(resource: writer.finish())
    }

    /// Parameters without any: FHIR has no empty lists.
    static let none = Array(#"{"resourceType":"Parameters"}"#.utf8)

    /// Numbers of the messages whose Provenance has the resource as its target.
    private static func numbers(of resource: String, _ call: OperationCall) async throws -> [Int64] {
        guard let type = call.definitions.resourceType(named: "Provenance") else { return [] }
        var request = try SearchRequest.parse(
            type: type, pairs: [("target", resource)], handling: .strict, indexer: call.search.indexer)
        request.count = call.limits.greatestPageCount
        request.total = SearchRequest.Total.none
        let page = try await call.search.search(request, now: call.store.clock().microsecondsSince1970)
        return page.matches.flatMap { version -> [Int64] in
            guard let content = version.content, let document = try? Document.parse(content) else { return [] }
            return (JSONNode(document)["entity"]?.items ?? []).compactMap { entity in
                let identifier = entity["what"]?["identifier"]
                guard identifier?["system"]?.string == StoredMessage.system else { return nil }
                return identifier?["value"]?.string.flatMap { Int64($0) }
            }
        }
    }
}

/// `$hl7-message`: one message, with what was received and what was answered.
struct MessageRead: ResourceOperation {
    let declaration = OperationDeclaration(
        "hl7-message", levels: [.system], types: [], affectsState: false,
        documentation: "One HL7 v2 message that came in: what became of it, its text, its bytes and its "
            + "acknowledgement.",
        parameters: [
            .init(.input, "id", 1, 1, "decimal", "Number of the message."),
            .init(
                .output, "message", 1, 1, nil,
                MessageOperations.messageDocumentation + " Also: text, content (the bytes), answer."),
        ], reading: .declared)

    func run(_ call: OperationCall) async throws -> OperationAnswer {
        guard let number = try call.messageFilter().numbers.first,
            let message = try await call.messageIngest.messages.message(number)
        else { throw StoreError(.notFound, "there is no message of this number") }
        var writer = ParametersWriter()
        writer.message(message, withText: true)
        return OperationAnswer(resource: writer.finish())
    }
}
