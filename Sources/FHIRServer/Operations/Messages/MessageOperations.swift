import JSONTape
import FHIRSearch
import FHIRDefinitions
import FHIRFormats
import FHIRStore
import HL7Ingest
import Logging

/// The operations on the HL7 v2 messages that came in, for the registry.
package enum MessageOperations {
    package static var all: [any ResourceOperation] {
        [
            MessageSearch(), MessageRead(), MessageReplayOperation(), MessageDiscard(), SourceRead(), SourceWrite(),
            UnmappedCodes(), WaitingLinkRead(), PatientUnmergeOperation(), DestinationRead(), DestinationWrite(),
            DeliveryRead(), DeliveryRedrive(),
        ]
    }

    typealias Parameter = OperationDeclaration.Parameter

    /// What narrows down a set of messages.
    static let filters: [Parameter] = [
        // A number may go beyond what an integer of FHIR holds.
        .init(.input, "id", 0, nil, "decimal", "Numbers of messages."),
        .init(.input, "controlId", 0, 1, "string", "MSH-10."),
        .init(
            .input, "state", 0, nil, "code",
            "\(MessageState.allCases.map(\.rawValue).joined(separator: ", ")); duplicate for those that came more "
                + "than once."),
        .init(.input, "source", 0, 1, "string", "Name of the source."),
        .init(.input, "type", 0, 1, "string", "Message type, with or without its trigger event: ORU^R01, ADT."),
        .init(.input, "patient", 0, 1, "string", "A number of the patient, as in PID-3."),
        .init(.input, "order", 0, 1, "string", "A placer or filler number."),
        .init(.input, "since", 0, 1, "dateTime", "Received at this time or later."),
        .init(.input, "until", 0, 1, "dateTime", "Received before this time."),
    ]

    /// Documentation of the parts that tell of a message.
    static let messageDocumentation = """
        Parts: id, received, source, listener, application, facility, controlId, type, state, acknowledgement, reason, \
        resource, superseded, repeats, repeated, attempts, due, changed, note, bytes, provenance.
        """
}

extension OperationCall {
    /// The ingest over this call's store. Nothing it does here is worth a line in the log of the server.
    var messageIngest: MessageIngest {
        MessageIngest(
            store: store, finder: ResourceFinder(store: store, service: search),
            logger: Logger(label: "martlet") { _ in SwiftLogNoOpLogHandler() })
    }

    func messageFilter() throws -> MessageQuery.Filter {
        var filter = MessageQuery.Filter()
        filter.numbers = try input.all("id").map { node in
            guard let number = node.integer, number > 0 else {
                throw input.error("the parameter id is the number of a message", at: "id")
            }
            return Int64(number)
        }
        filter.controlID = input.string("controlId")
        for text in input.strings("state").flatMap({ $0.split(separator: ",").map(String.init) }) {
            if text == "duplicate" {
                filter.isRepeated = true
                continue
            }
            guard let state = MessageState(rawValue: text) else {
                throw input.error("the parameter state is no state of messages", at: "state")
            }
            filter.states.append(state)
        }
        filter.source = input.string("source")
        filter.type = input.string("type")
        filter.patient = input.string("patient")
        filter.order = input.string("order")
        filter.since = try input.time("since").map { Instant(microsecondsSince1970: $0.low) }
        filter.until = try input.time("until").map { Instant(microsecondsSince1970: $0.low) }
        return filter
    }

    /// A whole number of at least 1.
    func count(_ name: String, usual: Int, greatest: Int) throws -> Int {
        guard let count = input.integer(name) else { return usual }
        guard count > 0 else { throw input.error("the parameter \(name) is at least 1", at: name) }
        return min(count, greatest)
    }
}
