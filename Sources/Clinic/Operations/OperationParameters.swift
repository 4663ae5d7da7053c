import FHIRDefinitions
import FHIRStore
import JSONTape

/// Reads the in parameters of a call. https://hl7.org/fhir/R4/parameters.html
struct OperationParameters {
    private let node: JSONNode
    private let isParameters: Bool

    /// Refuses names that the operation does not take, so that a misspelt one is not silently left out.
    init(_ call: ClinicCall, of declaration: ClinicOperationDeclaration) throws {
        node = call.parameters
        isParameters = node["resourceType"]?.string == "Parameters"
        guard isParameters else { return }
        let known = Set(declaration.parameters.filter { $0.use == .input }.map(\.name))
        for (position, parameter) in (node["parameter"]?.items ?? []).enumerated() {
            guard let name = parameter["name"]?.string, known.contains(name) else {
                throw StoreError(
                    .invalidRequest, "the operation takes no such parameter",
                    expression: "Parameters.parameter[\(position)].name", details: "unknown-parameter")
            }
        }
        for parameter in declaration.parameters where parameter.use == .input {
            let count = all(parameter.name).count
            if count < parameter.min { throw Self.invalid("the parameter \(parameter.name) is missing") }
            if let max = parameter.max, count > max {
                throw Self.invalid("the parameter \(parameter.name) may be given \(max == 1 ? "once" : "\(max) times")")
            }
        }
    }

    /// All parameters of a name.
    func all(_ name: String) -> [JSONNode] {
        guard isParameters else { return [] }
        return (node["parameter"]?.items ?? []).filter { $0["name"]?.string == name }
    }

    /// Parameters that are resources of a type; the body itself may be one.
    func resources(_ name: String, _ typeName: String) throws -> [JSONNode] {
        if !isParameters, node["resourceType"]?.string == typeName { return [node] }
        return try all(name).map { parameter in
            guard let resource = parameter["resource"], resource["resourceType"]?.string == typeName else {
                throw Self.invalid("the parameter \(name) is a resource of type \(typeName)")
            }
            return resource
        }
    }

    /// Parameters that are references to a type: a Reference, or its text as string, uri or id.
    func references(_ name: String, _ typeName: String) throws -> [LocalReference] {
        try all(name).map { parameter in
            let text = ["valueString", "valueUri", "valueUrl", "valueId", "valueCanonical"].lazy
                .compactMap { parameter[named: $0]?.string }.first
            let found =
                LocalReference(parameter["valueReference"])
                ?? text.flatMap { value in
                    value.contains("/") ? LocalReference(value) : LocalReference(typeName, value)
                }
            guard let found, found.typeName == typeName, ResourceID.isValid(found.id) else {
                throw Self.invalid("the parameter \(name) is a reference to a resource of type \(typeName)")
            }
            return found
        }
    }

    /// A text or code.
    func text(_ name: String) throws -> String? {
        try all(name).first.map { parameter in
            guard let text = (parameter["valueString"] ?? parameter["valueCode"] ?? parameter["valueMarkdown"])?.string
            else { throw Self.invalid("the parameter \(name) is a string") }
            return text
        }
    }

    /// A CodeableConcept as JSON; a text stands for one that has only that.
    func concept(_ name: String) throws -> [UInt8]? {
        guard let parameter = all(name).first else { return nil }
        if let concept = parameter["valueCodeableConcept"], concept.isObject { return concept.source }
        if let coding = parameter["valueCoding"], coding.isObject {
            return ResourceEdit.json { writer in
                writer.beginObject()
                writer.key("coding")
                writer.beginArray()
                writer.copy(coding)
                writer.endArray()
                writer.endObject()
            }
        }
        let text = try text(name) ?? ""
        return ResourceEdit.json { writer in
            writer.beginObject()
            writer.member("text", text)
            writer.endObject()
        }
    }

    /// The `valueReference` of all parameters of a name, as JSON.
    func referenceValues(_ name: String) throws -> [[UInt8]] {
        try all(name).map { parameter in
            guard let reference = parameter["valueReference"], reference.isObject else {
                throw Self.invalid("the parameter \(name) is a Reference")
            }
            return reference.source
        }
    }

    static func invalid(_ message: String) -> StoreError {
        StoreError(.invalidRequest, message, expression: "Parameters.parameter", details: "invalid-parameter")
    }
}
