import FHIRDefinitions
import FHIRStore
import JSONTape

/// `$convert`: a resource in one format, JSON or XML, comes back in another (R4 resource-operation-convert.html).
///
/// The formats are those of any request: `Content-Type` names the one sent, `_format` or `Accept` the one wanted.
/// Nothing is stored, and the resource need not be here; one that breaks rules of the standard is refused.
struct Convert: ResourceOperation {
    let declaration = OperationDeclaration(
        "convert", levels: [.system], types: [], affectsState: false,
        definition: "http://hl7.org/fhir/OperationDefinition/Resource-convert",
        documentation: "The resource sent, in the format asked for: JSON or XML.",
        parameters: [
            .init(.input, "input", 1, 1, "Resource", "The resource; it may also be the body itself."),
            .init(.output, "output", 1, 1, "Resource", "The same resource, not within Parameters."),
        ],
        reading: .declared)

    func run(_ call: OperationCall) async throws -> OperationAnswer {
        guard let resource = call.input.first("input") else {
            throw OperationInputError(.invalidParameter, "the parameter input is missing")
        }
        var writer = JSONWriter(reservingByteCount: resource.source.count)
        writer.copy(resource)
        return OperationAnswer(resource: writer.bytes)
    }
}
