import FHIRDefinitions
import FHIRStore
import JSONTape

/// `AuditEvent/$verify-chain`: whether the record of who did what is as it was made.
struct VerifyChain: ResourceOperation {
    let declaration = OperationDeclaration(
        "verify-chain", levels: [.type], types: ["AuditEvent"], affectsState: false,
        documentation: """
            Works out the hashes of the chain of records again and compares the AuditEvents with it. What was changed, \
            removed or reordered is found, with its number.
            """,
        parameters: [
            .init(.input, "start", 0, 1, "integer", "Number of the first link. Default: the oldest that is kept."),
            .init(.input, "end", 0, 1, "integer", "Number of the last link. Default: the end of the chain."),
            .init(.output, "valid", 1, 1, "boolean", "Whether all links that were looked at are sound."),
            .init(.output, "count", 1, 1, "integer", "Sound links, up to the first one that is not."),
            .init(.output, "firstBad", 0, 1, "integer", "Number of the first link that is not sound."),
            .init(
                .output, "reason", 0, 1, "code",
                "missing, altered (text, id or place), event-altered (the AuditEvent is another one) or end."
            ),
            .init(.output, "head", 1, 1, "integer", "Number of the last link."),
            .init(
                .output, "headHash", 1, 1, "string",
                "Its hash. Who keeps it elsewhere notices when the whole chain is made anew."),
        ], reading: .declared)

    func run(_ call: OperationCall) async throws -> OperationAnswer {
        guard let audit = call.store.audit else { throw RequestError.noRecord }
        let (start, end) = (call.input.integer("start"), call.input.integer("end"))
        if let start, start < 1 { throw call.input.error("links are numbered from 1", at: "start") }
        if let end, end < start ?? 1 { throw call.input.error("the end comes before the start", at: "end") }
        try await audit.settle()
        let found = try await audit.verify(from: start.map(Int64.init), through: end.map(Int64.init))
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("resourceType", "Parameters")
        writer.key("parameter")
        writer.beginArray()
        func integer(_ name: String, _ value: Int64) {
            writer.beginObject()
            writer.member("name", name)
            writer.key("valueInteger")
            writer.number(Int(value))
            writer.endObject()
        }
        writer.beginObject()
        writer.member("name", "valid")
        writer.key("valueBoolean")
        writer.bool(found.isValid)
        writer.endObject()
        integer("count", Int64(found.count))
        if let number = found.firstBad, let fault = found.fault {
            integer("firstBad", number)
            writer.beginObject()
            writer.member("name", "reason")
            writer.member("valueCode", fault.rawValue)
            writer.endObject()
        }
        integer("head", found.head)
        writer.beginObject()
        writer.member("name", "headHash")
        writer.member("valueString", found.headHash)
        writer.endObject()
        writer.endArray()
        writer.endObject()
        return OperationAnswer(resource: writer.bytes)
    }
}

extension RequestError {
    /// The server was started without a record.
    static let noRecord = RequestError(.notSupported, "this server keeps no record of who did what (--audit on)")
}
