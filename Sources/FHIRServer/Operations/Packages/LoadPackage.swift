import FHIRDefinitions
import FHIRProfiles
import FHIRStore
import FoundationEssentials
import JSONTape

/// `$load-package`: loads a FHIR NPM package, all of it or nothing (docs/profiles.md).
///
/// The body is the `.tgz` itself, or Parameters that hold it.
struct LoadPackage: ResourceOperation {
    let declaration = OperationDeclaration(
        "load-package", levels: [.system], types: [], affectsState: true,
        documentation: """
            Loads a FHIR NPM package: its StructureDefinitions, ValueSets, CodeSystems, ConceptMaps, SearchParameters \
            and NamingSystems become resources of this server, several versions of a package side by side. The body \
            is the .tgz (application/gzip, application/octet-stream), with the other parameters in the address, or a \
            Parameters resource. Loading the same package again changes nothing.
            """,
        parameters: [
            .init(.input, "package", 0, 1, "base64Binary", "The .tgz, where it is not the body itself."),
            .init(.input, "examples", 0, 1, "boolean", "Store examples and resources of other types as well."),
            .init(
                .input, "replace", 0, 1, "boolean",
                "Put the package in the place of one of the same name and version with other content."),
            .init(.output, "name", 1, 1, "string", "The package's name."),
            .init(.output, "version", 1, 1, "string", "The package's version."),
            .init(.output, "result", 1, 1, "code", "loaded, replaced or unchanged."),
            .init(.output, "resources", 1, 1, "integer", "How many resources the package has here."),
            .init(.output, "count", 0, nil, nil, "One for each type: parts type (code) and resources (integer)."),
            .init(.output, "outcome", 0, 1, "OperationOutcome", "What is to be known of the package, if anything."),
        ], reading: .declared,
        rawTypes: [
            "application/gzip", "application/x-gzip", "application/octet-stream", "application/x-tar",
            "application/x-gtar", "application/x-tgz", "application/x-compressed-tar", "application/tar+gzip",
        ])

    func run(_ call: OperationCall) async throws -> OperationAnswer {
        let options = PackageOptions(
            includesExamples: call.input.bool("examples") ?? false, replaces: call.input.bool("replace") ?? false)
        let checking = PackageChecking(checker: call.checker)
        let loader = PackageLoader(store: call.store, check: { checking.problem(of: $0) })
        let load = try await loader.load(try await archive(call), options)
        return OperationAnswer(resource: Self.parameters(load))
    }

    private func archive(_ call: OperationCall) async throws -> [UInt8] {
        if let content = call.content {
            guard content.byteCount > 0 else { throw RequestError(.malformed, "the body is empty") }
            return try await content.bytes(0..<content.byteCount)
        }
        guard let text = call.input.string("package") else {
            throw RequestError(
                .malformed, "the body is a .tgz as application/gzip, or Parameters with one as the parameter package")
        }
        guard let data = Data(base64Encoded: text, options: .ignoreUnknownCharacters) else {
            throw call.input.error("the parameter package is no base64", at: "package")
        }
        return Array(data)
    }

    private static func parameters(_ load: PackageLoad) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("resourceType", "Parameters")
        writer.key("parameter")
        writer.beginArray()
        member("name", to: &writer) { $0.member("valueString", load.manifest.name) }
        member("version", to: &writer) { $0.member("valueString", load.manifest.version) }
        member("result", to: &writer) { $0.member("valueCode", load.outcome.rawValue) }
        member("resources", to: &writer) { writer in
            writer.key("valueInteger")
            writer.number(load.counts.values.reduce(0, +))
        }
        for (type, count) in load.counts.sorted(by: { $0.key < $1.key }) {
            member("count", to: &writer) { writer in
                writer.key("part")
                writer.beginArray()
                member("type", to: &writer) { $0.member("valueCode", type) }
                member("resources", to: &writer) { writer in
                    writer.key("valueInteger")
                    writer.number(count)
                }
                writer.endArray()
            }
        }
        if !load.issues.isEmpty {
            member("outcome", to: &writer) { writer in
                writer.key("resource")
                OperationOutcome.write(load.issues.map(OutcomeIssue.init), to: &writer)
            }
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    private static func member(
        _ name: String, to writer: inout JSONWriter, _ value: (inout JSONWriter) -> Void
    ) {
        writer.beginObject()
        writer.member("name", name)
        value(&writer)
        writer.endObject()
    }
}
