import FHIRDefinitions
import FHIRStore
import HL7Ingest
import JSONTape

/// `$hl7-outbound`: the messages that go out.
struct DeliveryRead: ResourceOperation {
    let declaration = OperationDeclaration(
        "hl7-outbound", levels: [.system], types: [], affectsState: false,
        documentation: "HL7 v2 messages that go out, newest first.",
        parameters: Self.filters + [
            .init(.input, "text", 0, 1, "boolean", "With the bytes as they went out, and the answer."),
            .init(.input, "_count", 0, 1, "integer", "Messages at most; 100 by default, 1000 at most."),
            .init(
                .output, "message", 0, nil, nil,
                "Parts: id, destination, kind, controlId, resource (reference), version, state (code), tries, "
                    + "refusals, created, due, changed, acknowledgement (code), reason, text, answer."),
        ], reading: .declared)

    /// What narrows down a set of messages.
    static let filters: [OperationDeclaration.Parameter] = [
        .init(.input, "id", 0, nil, "decimal", "Numbers of messages."),
        .init(.input, "destination", 0, 1, "string", "Name of the destination."),
        .init(
            .input, "state", 0, nil, "code",
            "\(DeliveryQueue.State.allCases.map(\.rawValue).joined(separator: ", "))."),
        .init(.input, "resource", 0, 1, "string", "Type/id of what the message tells of."),
        .init(.input, "controlId", 0, 1, "string", "MSH-10."),
    ]

    func run(_ call: OperationCall) async throws -> OperationAnswer {
        let limit = try call.count("_count", usual: 100, greatest: 1000)
        let found = try await DeliveryQueue(store: call.store).list(try call.deliveryFilter(), limit: limit)
        guard !found.isEmpty else { return OperationAnswer(resource: MessageSearch.none) }
        let withText = call.input.bool("text") ?? false
        var writer = ParametersWriter()
        for message in found {
            writer.parts("message") { part in
                part.number("id", message.id)
                part.string("destination", message.destination)
                part.string("kind", message.kind)
                part.string("controlId", message.controlID)
                part.reference("resource", "\(message.resource)/_history/\(message.version)")
                part.code("state", message.state.rawValue)
                part.number("tries", Int64(message.tries))
                part.number("refusals", Int64(message.refusals))
                part.instant("created", message.created)
                if message.state == .waiting { part.instant("due", message.due) }
                part.instant("changed", message.changed)
                if let code = message.code, code.isPlainCode { part.code("acknowledgement", code) }
                part.text("reason", message.reason)
                guard withText else { return }
                part.text("text", String(decoding: message.body, as: UTF8.self))
                part.text("answer", message.answer.map { String(decoding: $0, as: UTF8.self) })
            }
        }
        return OperationAnswer(resource: writer.finish())
    }
}

/// `$hl7-outbound-redrive`: sends messages again that were given up, or gives up such as wait.
struct DeliveryRedrive: ResourceOperation {
    let declaration = OperationDeclaration(
        "hl7-outbound-redrive", levels: [.system], types: [], affectsState: true,
        documentation:
            "Lets messages go again that were given up or discarded, as they are, in their place in the order; "
            + "or discards such as wait or were given up. Without id another filter is needed.",
        parameters: DeliveryRead.filters + [
            .init(.input, "discard", 0, 1, "boolean", "Discard them."),
            .init(.output, "changed", 1, 1, "integer", "How many messages those were."),
        ], reading: .declared)

    func run(_ call: OperationCall) async throws -> OperationAnswer {
        let filter = try call.deliveryFilter()
        guard !filter.isEmpty else {
            throw OperationInputError(.invalidParameter, "say which messages: by id, state or another filter")
        }
        let queue = DeliveryQueue(store: call.store)
        let isDiscarded = call.input.bool("discard") ?? false
        let count = isDiscarded ? try await queue.discard(filter) : try await queue.redrive(filter)
        var writer = ParametersWriter()
        writer.number("changed", Int64(count))
        return OperationAnswer(resource: writer.finish())
    }
}

extension OperationCall {
    fileprivate func deliveryFilter() throws -> DeliveryQueue.Filter {
        var filter = DeliveryQueue.Filter()
        filter.numbers = try input.all("id").map { node in
            guard let number = node.integer, number > 0 else {
                throw input.error("the parameter id is the number of a message", at: "id")
            }
            return Int64(number)
        }
        filter.destination = input.string("destination")
        filter.states = try input.strings("state").flatMap { $0.split(separator: ",").map(String.init) }.map { text in
            guard let state = DeliveryQueue.State(rawValue: text) else {
                throw input.error("the parameter state is no state of messages that go out", at: "state")
            }
            return state
        }
        filter.resource = input.string("resource")
        filter.controlID = input.string("controlId")
        return filter
    }
}

extension String {
    /// Whether a receiver's code can stand as a code of FHIR.
    fileprivate var isPlainCode: Bool {
        !isEmpty && utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }
}
