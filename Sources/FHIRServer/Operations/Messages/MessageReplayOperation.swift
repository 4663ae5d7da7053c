import FHIRDefinitions
import FHIRStore
import HL7Ingest

/// `$hl7-replay`: applies stored messages again, as with settings or tables that were mended.
struct MessageReplayOperation: ResourceOperation {
    let declaration = OperationDeclaration(
        "hl7-replay", levels: [.system], types: [], affectsState: true,
        documentation: "Applies the stored bytes of messages again, oldest first, with the settings and tables of now. "
            + "Doing it twice changes nothing more. Without id a state or another filter is needed.",
        parameters: MessageOperations.filters + [
            .init(.input, "dryRun", 0, 1, "boolean", "Tells what would come of it, and changes nothing."),
            .init(.input, "limit", 0, 1, "integer", "Messages at most, 1000 or fewer; 100 by default."),
            .init(.output, "replayed", 1, 1, "integer", "How many messages were tried."),
            .init(
                .output, "message", 0, nil, nil,
                "One for each: parts id, controlId, before and state (codes), reason, resource and superseded "
                    + "(references), obstacle (why it was not tried)."),
        ], reading: .declared)

    func run(_ call: OperationCall) async throws -> OperationAnswer {
        let filter = try call.messageFilter()
        guard !filter.isEmpty else {
            throw OperationInputError(.invalidParameter, "say which messages: by id, state or another filter")
        }
        let limit = try call.count("limit", usual: 100, greatest: 1000)
        let dryRun = call.input.bool("dryRun") ?? false
        let ingest = call.messageIngest
        let found = try await ingest.messages.list(filter, limit: limit, oldestFirst: true)
        if let missing = filter.numbers.first(where: { number in !found.contains { $0.id == number } }),
            found.isEmpty
        {
            throw StoreError(.notFound, "there is no message \(missing) that fits")
        }
        var writer = ParametersWriter()
        writer.number("replayed", Int64(found.count))
        for message in found {
            let outcome = try await ingest.replay(message.id, dryRun: dryRun)
            writer.parts("message") { part in
                part.number("id", message.id)
                part.text("controlId", message.controlID)
                part.code("before", message.state.rawValue)
                part.code("state", outcome.state?.rawValue)
                part.text("reason", outcome.reason)
                for resource in outcome.resources { part.reference("resource", resource) }
                for resource in outcome.superseded { part.reference("superseded", resource) }
                part.text("obstacle", outcome.obstacle)
            }
        }
        try await ingest.sources.unmapped.flush(to: call.store)
        return OperationAnswer(resource: writer.finish())
    }
}

/// `$hl7-discard`: takes messages out of the review queue that are not to be applied.
struct MessageDiscard: ResourceOperation {
    let declaration = OperationDeclaration(
        "hl7-discard", levels: [.system], types: [], affectsState: true,
        documentation: "Takes messages out of the review queue that are not to be applied. They stay in the log.",
        parameters: [
            .init(.input, "id", 1, nil, "decimal", "Numbers of the messages."),
            .init(.input, "reason", 1, 1, "string", "Why; kept with each message."),
            .init(.output, "message", 0, nil, nil, MessageOperations.messageDocumentation),
        ], reading: .declared)

    func run(_ call: OperationCall) async throws -> OperationAnswer {
        let numbers = try call.messageFilter().numbers
        let who = call.caller.name.map { "\($0): " } ?? ""
        let reason = who + (call.input.string("reason") ?? "")
        var writer = ParametersWriter()
        for number in numbers {
            writer.message(try await call.messageIngest.discard(number, reason: reason), withText: false)
        }
        return OperationAnswer(resource: writer.finish())
    }
}
