import FHIRDefinitions
import FHIRFormats
import FHIRStore
import FHIRTerminology
import JSONTape

/// What the terminology operations read from their parameters alike.
extension OperationCall {
    var terminology: Terminology { search.terminology.terminology(in: search.session) }

    /// `displayLanguage`, otherwise `Accept-Language`.
    var languages: [String] { LanguageRange.tags(input.string("displayLanguage") ?? conditions.acceptLanguage) }

    /// `Type/id`, where it is called on a resource.
    var instanceCanonical: String? {
        guard case .instance(let type, let id) = target else { return nil }
        return "\(definitions.name(of: type))/\(id)"
    }

    /// The canonical that parameters name, with the version that another one names.
    func canonical(_ name: String, version: String) -> String? {
        guard let url = input.string(name) else { return nil }
        guard let version = input.string(version), !url.contains("|") else { return url }
        return "\(url)|\(version)"
    }

    /// The code system that is asked about.
    /// - Parameter name: of the parameter that has its URL.
    func codeSystem(_ name: String) async throws -> any CodeSystem {
        if let instance = instanceCanonical { return try await terminology.codeSystem(instance) }
        if let inline = input.first("codeSystem") { return ResourceCodeSystem(inline) }
        if let canonical = canonical(name, version: "version") { return try await terminology.codeSystem(canonical) }
        throw OperationInputError(.invalidParameter, "the code system is missing: give the parameter \(name)")
    }

    /// The value set that is asked about, where it is not to be looked up: the one sent along.
    func inlineValueSet() throws -> ValueSetDefinition? {
        try input.first("valueSet").map { try ValueSetDefinition($0) }
    }

    /// The canonical of the value set that is asked about.
    func valueSetCanonical() throws -> String {
        if let canonical = instanceCanonical ?? canonical("url", version: "valueSetVersion") { return canonical }
        if input.string("context") != nil {
            throw StoreError(.notSupported, "a context does not lead to a value set here; give the url")
        }
        throw OperationInputError(
            .invalidParameter, "the value set is missing: give the parameter url or valueSet")
    }

    /// A Coding's system and code.
    func coding(_ name: String) throws -> CodingQuestion? {
        try input.first(name).map { try coding($0, name) }
    }

    /// The same of one value of the parameter.
    func coding(_ node: JSONNode, _ name: String) throws -> CodingQuestion {
        guard let code = node["code"]?.string else { throw input.error("the coding has no code", at: name) }
        guard let system = node["system"]?.string else { throw input.error("the coding has no system", at: name) }
        return CodingQuestion(
            system: system, version: node["version"]?.string, code: code, display: node["display"]?.string)
    }

    /// The codes that `coding` or `codeableConcept` hold; nil if neither is given.
    func codings() throws -> [CodingQuestion]? {
        if let coding = try coding("coding") { return [coding] }
        guard let concept = input.first("codeableConcept") else { return nil }
        let codings = try (concept["coding"]?.items ?? []).map { try coding($0, "codeableConcept") }
        if codings.isEmpty { throw input.error("the concept has no coding", at: "codeableConcept") }
        return codings
    }

    var validationWish: ValidationWish {
        var wish = ValidationWish()
        wish.languages = languages
        wish.allowsAbstract = input.bool("abstract") ?? true
        return wish
    }
}

extension OperationAnswer {
    /// An answer whose texts are in the language that the client asked for.
    static func inLanguage(_ resource: [UInt8]) -> OperationAnswer {
        var answer = OperationAnswer(resource: resource)
        answer.hasLanguage = true
        return answer
    }
}

/// Writes Parameters resources (R4 parameters.html). An empty text is none: FHIR has no empty values.
struct ParametersWriter {
    private var writer = JSONWriter()

    init() {
        writer.beginObject()
        writer.member("resourceType", "Parameters")
        writer.key("parameter")
        writer.beginArray()
    }

    mutating func string(_ name: StaticString, _ value: String?) {
        if let value, !value.isEmpty { write(name) { $0.member("valueString", value) } }
    }

    mutating func code(_ name: StaticString, _ value: String?) {
        if let value, !value.isEmpty { write(name) { $0.member("valueCode", value) } }
    }

    mutating func uri(_ name: StaticString, _ value: String?) {
        if let value, !value.isEmpty { write(name) { $0.member("valueUri", value) } }
    }

    mutating func bool(_ name: StaticString, _ value: Bool) {
        write(name) {
            $0.key("valueBoolean")
            $0.bool(value)
        }
    }

    /// A Coding of what is there of it.
    mutating func coding(
        _ name: StaticString, system: String?, version: String? = nil, code: String?, display: String?
    ) {
        write(name) { writer in
            writer.key("valueCoding")
            writer.beginObject()
            if let system, !system.isEmpty { writer.member("system", system) }
            if let version { writer.member("version", version) }
            if let code { writer.member("code", code) }
            if let display { writer.member("display", display) }
            writer.endObject()
        }
    }

    /// A value as JSON, under the name of its element.
    mutating func value(_ name: StaticString, member: String, json: [UInt8]) {
        write(name) {
            $0.key(named: member)
            $0.raw(json)
        }
    }

    mutating func parts(_ name: StaticString, _ body: (inout ParametersWriter) -> Void) {
        writer.beginObject()
        writer.member("name", "\(name)")
        writer.key("part")
        writer.beginArray()
        body(&self)
        writer.endArray()
        writer.endObject()
    }

    private mutating func write(_ name: StaticString, _ value: (inout JSONWriter) -> Void) {
        writer.beginObject()
        writer.member("name", "\(name)")
        value(&writer)
        writer.endObject()
    }

    /// The resource; nothing is to be written after.
    mutating func finish() -> [UInt8] {
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }
}
