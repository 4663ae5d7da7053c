import Access
import FHIRDefinitions
import FHIRStore
import JSONTape

/// `$access-rights`: the table of rights in force.
struct ShowAccessRights: ResourceOperation {
    let declaration = OperationDeclaration(
        "access-rights", levels: [.system], types: [], affectsState: false,
        documentation: "The table of rights in force: what each role may do in each module.",
        parameters: [
            .init(.output, "version", 1, 1, "integer", "Counts the changes; 0 for the standard."),
            .init(.output, "rights", 1, 1, "string", "The table as JSON."),
        ], reading: .declared)

    func run(_ call: OperationCall) async throws -> OperationAnswer {
        guard let rights = call.caller.rights, rights.isUnlimited else { throw RequestError.insufficient }
        return OperationAnswer(resource: Self.json(try await rights.book.table()))
    }

    static func json(_ table: RightsTable) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("resourceType", "Parameters")
        writer.key("parameter")
        writer.beginArray()
        writer.beginObject()
        writer.member("name", "version")
        writer.key("valueInteger")
        writer.number(table.version)
        writer.endObject()
        writer.beginObject()
        writer.member("name", "rights")
        writer.member("valueString", String(decoding: table.json, as: UTF8.self))
        writer.endObject()
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }
}

/// `$change-access-rights`: puts the next version of the table of rights into force.
struct ChangeAccessRights: ResourceOperation {
    let declaration = OperationDeclaration(
        "change-access-rights", levels: [.system], types: [], affectsState: true,
        documentation: """
            Changes the table of rights; for superadmins of the whole house. All servers follow within a second. What \
            is not named stays as it is, and no grant of superadmins changes.
            """,
        parameters: [
            .init(
                .input, "rights", 1, 1, "string",
                """
                What changes, as JSON: {"grants": {"nurse": {"billing": "v"}}, "secondFactorFor": ["superadmin"]}.
                """
            ),
            .init(.output, "version", 1, 1, "integer", "The version that holds now."),
            .init(.output, "rights", 1, 1, "string", "The table as JSON."),
        ], reading: .declared)

    func run(_ call: OperationCall) async throws -> OperationAnswer {
        guard let rights = call.caller.rights, rights.isUnlimited else { throw RequestError.insufficient }
        guard let document = try? Document.parse(call.input.string("rights") ?? "") else {
            throw call.input.error("the rights are JSON", at: "rights")
        }
        let table = try await rights.book.change(JSONNode(document), by: call.caller.name ?? "")
        return OperationAnswer(resource: ShowAccessRights.json(table))
    }
}
